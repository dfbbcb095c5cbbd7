package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.DeviceCells;
import org.sgsars.model.ArrayShape;

/**
 * The device's cells under a layer's array: which lie under which row, and which of them fail as
 * the array is written. The writes are counted by the array.
 */
final class FailingCells {
  private final DeviceCells device;
  private final ArrayShape shape;
  private final WornCells worn;
  private final long stuckCells;

  /** Where contents of other layers lay in the array's crossbars before. */
  private @Nullable TileBase tiles;

  /** Contents changed crossbars since failures were asked for last. */
  private boolean areAll;

  /** Fresh cells, of which some may be stuck. */
  FailingCells(DeviceCells device) {
    this.device = device;
    this.shape = device.array();
    this.worn = new WornCells(device.device(), shape.physicalRows());
    long stuck = 0;
    for (int row = 0; row < shape.physicalRows(); row++) {
      // Which cells are weak, the row's first write asks: many rows are never written.
      stuck += worn.stuckWhenFresh(row, groups(row));
    }
    this.stuckCells = stuck;
  }

  /** Number of the array's first crossbar in the network. */
  int firstTile() {
    return device.firstTile();
  }

  /** Cells that were stuck when fresh, at first. */
  long stuck() {
    return stuckCells;
  }

  /** Cells that are worn out now. */
  long failed() {
    return worn.failed();
  }

  int failedInRow(int row) {
    return worn.failedInRow(row);
  }

  /** Weights' places of a row that the layer uses and of which a cell is worn out. */
  int lostInRow(int row) {
    return worn.lostInRow(row);
  }

  /** A whole row was written, and some of its cells may fail. */
  void rowWritten(int row, long rowWrites) {
    if (worn.isDue(row, rowWrites)) {
      applyWear(row, rowWrites, false);
    }
  }

  /**
   * A single weight was written, and its cells may fail.
   *
   * @param writes that it has now
   */
  void weightWritten(int row, int column, long writes) {
    worn.writeWeight(row, device.row(row), column, writes - 1, writes);
  }

  private void applyWear(int row, long rowWrites, boolean anew) {
    worn.applyWear(row, rowWrites, groups(row), anew);
  }

  private List<WornCells.Group> groups(int row) {
    TileBase base = tiles;
    if (base != null) {
      return base.groups(row, device);
    }
    int cells = shape.layer().columns() * device.device().cellsPerWeight();
    return List.of(new WornCells.Group(device.row(row), 0, cells, 0, 0, true));
  }

  /**
   * The cells under some tiles are others now: all that do not switch are said again.
   *
   * @param base where the array's tiles lie from now on
   * @param rowWrites of the array's physical rows
   */
  void replace(TileBase base, int[] movedTiles, long[] rowWrites) {
    tiles = base;
    BitSet moved = new BitSet();
    for (int tile : movedTiles) {
      int first = shape.firstRow(tile);
      moved.set(first, first + shape.crossbarSize());
    }
    worn.drainFailures();
    areAll = true;
    for (int row = 0; row < rowWrites.length; row++) {
      // Of rows that lie where they lay there is something to say if some of their cells failed.
      if (moved.get(row) || worn.mayHaveFailures(row)) {
        worn.stuckWhenFresh(row, groups(row));
        applyWear(row, rowWrites[row], true);
      }
    }
  }

  /** What failed since the last call. */
  CrossbarArray.Failures drain() {
    CrossbarArray.Failures drained = new CrossbarArray.Failures(areAll, worn.drainFailures());
    areAll = false;
    return drained;
  }

  /** Saves what nobody was told of yet; which cells are worn out follows from the writes. */
  void save(DataOutput out) throws IOException {
    // Between two parts of an iteration there are such failures.
    out.writeBoolean(areAll);
    worn.saveFailures(out);
  }

  /**
   * Reads what {@link #save} wrote, into fresh cells of an array whose writes are restored.
   *
   * @param base where its tiles lie, if contents have changed crossbars
   */
  void restore(DataInput in, CrossbarArray array, @Nullable TileBase base) throws IOException {
    tiles = base;
    for (int row = 0; row < array.physicalRows(); row++) {
      if (array.hasCellWrites()) {
        for (int column = 0; column < array.columns(); column++) {
          worn.writeWeight(row, device.row(row), column, 0, array.cellWrites(row, column));
        }
      } else if (base != null || array.rowWrites(row) > 0) {
        // From the beginning: the writes settled before are not what this crossbar had.
        applyWear(row, array.rowWrites(row), true);
      }
    }
    areAll = in.readBoolean();
    worn.restoreFailures(in);
  }
}
