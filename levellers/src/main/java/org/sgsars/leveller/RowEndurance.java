package org.sgsars.leveller;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;

/**
 * How many writes the rows of one layer's array survive: as many as the weakest cell that the layer
 * uses in them. A test of the fresh crossbars would tell; here the device's own draws do.
 */
public final class RowEndurance {
  private final DeviceCells cells;
  private final ArrayShape array;
  private final int[] physicalTiles;
  private final int[] firstColumns;
  private boolean contentsMoved;

  /** By physical row, once somebody asked: few levellers do, and it takes a look at every cell. */
  private long @Nullable [] known;

  private double mean;

  public RowEndurance(DeviceCells cells) {
    this.cells = cells;
    this.array = cells.array();
    this.physicalTiles = new int[array.tiles()];
    this.firstColumns = new int[array.tiles()];
    Arrays.setAll(physicalTiles, tile -> cells.firstTile() + tile);
  }

  /** A tile's content lies in another crossbar, or in other columns, now. */
  void moved(int tile, int physicalTile, int firstColumn) {
    contentsMoved = true;
    physicalTiles[tile] = physicalTile;
    firstColumns[tile] = firstColumn;
  }

  /** The rows' cells may be others; they are looked at again when somebody asks. */
  void outdate() {
    known = null;
  }

  /** Writes that a physical row survives, at least 1. */
  long of(int physicalRow) {
    return all()[physicalRow];
  }

  /** The mean over all physical rows. */
  double mean() {
    all();
    return mean;
  }

  private long[] all() {
    long[] found = known;
    if (found == null) {
      found = new long[array.physicalRows()];
      Arrays.setAll(found, this::weakestCell);
      mean = Arrays.stream(found).average().orElse(1);
      known = found;
    }
    return found;
  }

  private long weakestCell(int row) {
    if (!contentsMoved) {
      long draws = cells.row(row);
      return Math.max(1, cells.device().weakest(draws, 0, array.layer().columns()));
    }
    long least = Long.MAX_VALUE;
    for (int column = 0; column < array.tileColumns(); column++) {
      int tile = array.firstTile(row) + column;
      DeviceCells.TileRow home = cells.tileRow(physicalTiles[tile], row % array.crossbarSize());
      int first = home.firstColumn() + firstColumns[tile];
      least = Math.min(least, cells.device().weakest(home.row(), first, array.usedColumns(column)));
    }
    return Math.max(1, least);
  }
}
