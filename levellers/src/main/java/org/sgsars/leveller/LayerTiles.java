package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.CrossLayerSettings;

/**
 * The crossbars that one layer lies in, where contents change crossbars with those of other layers:
 * which they are, and how much their cells are worn, whoever wore them.
 *
 * <p>Row p of the layer's array is row p mod S of the tiles of tile row p / S. The layer's {@link
 * RowArray} counts; what it counted reaches the cells at an exchange of tiles. Spare rows, which
 * come after those of the tiles, belong to the layer: they never move, and keep the writes they
 * have.
 */
public final class LayerTiles {
  private static final long UNKNOWN = -1;

  private final int layer;
  private final ArrayShape shape;
  private final RowArray array;
  private final int columnsPerBlock;
  private final TileExchange exchange;
  private final int[] physicalTiles;
  private final int[] firstBlocks;
  private final long[] contentWrites;
  private final long[][] wear;

  /** The array's counts when they last reached the cells. */
  private long[] counted;

  /** By tile, what the cells of its crossbar survive; as far as somebody asked. */
  private final Map<Integer, long[]> survived = new HashMap<>();

  /** By row of the array, counted as it counts; {@link #UNKNOWN} while nobody asked. */
  private final long[] survivedByRow;

  private LayerTiles(int layer, List<ArrayShape> arrays, RowArray array, TileExchange exchange) {
    this.layer = layer;
    this.shape = arrays.get(layer);
    this.array = array;
    this.exchange = exchange;
    this.columnsPerBlock = TileExchange.columnsPerBlock(arrays);
    int tiles = shape.tiles();
    this.physicalTiles = new int[tiles];
    this.firstBlocks = new int[tiles];
    this.contentWrites = new long[tiles];
    this.wear = new long[tiles][counts()];
    this.counted = new long[array.physicalRows()];
    this.survivedByRow = new long[array.physicalRows()];
    Arrays.fill(survivedByRow, UNKNOWN);
    int first = arrays.subList(0, layer).stream().mapToInt(ArrayShape::tiles).sum();
    for (int tile = 0; tile < tiles; tile++) {
      physicalTiles[tile] = first + tile;
    }
    array.countOn(this::survives);
  }

  /**
   * The tiles of a layer, if the scenario exchanges tiles.
   *
   * @throws IllegalArgumentException if the layer has too many tiles
   */
  public static Optional<LayerTiles> of(
      ScenarioPlan scenario, List<LayerShape> layers, int layer, RowArray array) {
    Optional<PolicyChoice> choice = scenario.crossLayer();
    int tiles = choice.isPresent() ? scenario.array(layers.get(layer)).tiles() : 0;
    if (tiles > TileExchange.MOST_TILES_OF_A_LAYER) {
      throw new IllegalArgumentException(
          "scenario %s exchanges crossbars: %d of layer %s, where at most %d are allowed"
              .formatted(
                  scenario.name(),
                  tiles,
                  layers.get(layer).name(),
                  TileExchange.MOST_TILES_OF_A_LAYER));
    }
    return choice.map(
        crossLayer ->
            new LayerTiles(
                layer,
                layers.stream().map(scenario::array).toList(),
                array,
                new TileExchange(CrossLayerSettings.of(crossLayer), layers)));
  }

  public TileExchange exchange() {
    return exchange;
  }

  /** Rows of a crossbar, S. */
  public int rows() {
    return shape.crossbarSize();
  }

  /** Columns that are counted together. */
  public int columnsPerBlock() {
    return columnsPerBlock;
  }

  /** Counts that a crossbar has: by row and block of columns. */
  public int counts() {
    return rows() * blocks();
  }

  private int blocks() {
    return shape.crossbarSize() / columnsPerBlock;
  }

  private int usedBlocks(int tile) {
    return shape.usedColumns(tile % shape.tileColumns()) / columnsPerBlock;
  }

  /** What the layer publishes for an exchange: all writes up to now are in it. */
  public List<TileState> tileStates() {
    long[] counts = array.writes();
    for (int row = 0; row < shape.tiledRows(); row++) {
      long more = counts[row] - counted[row];
      int firstTile = shape.firstTile(row);
      for (int tile = firstTile; more > 0 && tile < firstTile + shape.tileColumns(); tile++) {
        wear(tile, row % rows(), more);
        contentWrites[tile] += more;
      }
    }
    counted = counts;
    List<TileState> tiles = new ArrayList<>();
    for (int tile = 0; tile < wear.length; tile++) {
      tiles.add(
          new TileState(
              layer,
              tile,
              physicalTiles[tile],
              firstBlocks[tile],
              usedBlocks(tile),
              contentWrites[tile],
              wear[tile],
              failures(tile)));
    }
    return tiles;
  }

  private TileFailures failures(int tile) {
    if (!array.retiresFailed()) {
      return TileFailures.NONE;
    }
    int[] failed =
        IntStream.range(0, wear[tile].length).filter(count -> hasFailed(tile, count)).toArray();
    int spare =
        (int)
            IntStream.range(shape.tiledRows(), array.physicalRows())
                .filter(row -> !array.isRetired(row))
                .count();
    return new TileFailures(failed, spare);
  }

  private boolean hasFailed(int tile, int count) {
    return wear[tile][count] > survived(tile)[count];
  }

  private long[] survived(int tile) {
    return survived.computeIfAbsent(
        tile, of -> array.enduranceOfCrossbar(physicalTiles[of], columnsPerBlock));
  }

  /** Writes that a row survives, those among them that others made to its cells. */
  private long survives(int row) {
    if (survivedByRow[row] == UNKNOWN) {
      survivedByRow[row] = countSurvived(row);
    }
    return survivedByRow[row];
  }

  private long countSurvived(int row) {
    if (row >= shape.tiledRows()) {
      return array.enduranceOfSpare(row);
    }
    long left = Long.MAX_VALUE;
    int firstTile = shape.firstTile(row);
    for (int tile = firstTile; tile < firstTile + shape.tileColumns(); tile++) {
      int from = row % rows() * blocks() + firstBlocks[tile];
      for (int i = from; i < from + usedBlocks(tile); i++) {
        left = Math.min(left, survived(tile)[i] - wear[tile][i]);
      }
    }
    // What never fails has as many left as can be counted.
    return left > Long.MAX_VALUE - counted[row] ? Long.MAX_VALUE : counted[row] + left;
  }

  private void wear(int tile, int row, long more) {
    int from = row * blocks() + firstBlocks[tile];
    for (int i = from; i < from + usedBlocks(tile); i++) {
      wear[tile][i] += more;
    }
  }

  /**
   * A content of this layer that moved.
   *
   * @param tile its number
   * @param physicalTile where it lies now
   * @param firstColumn first column that it uses there
   * @param wearBefore writes of the cells of the crossbar it lies in now, before it was written
   *     there: by row, then block of columns, for all its columns; not to be changed
   */
  public record Arrival(int tile, int physicalTile, int firstColumn, long[] wearBefore) {}

  /**
   * Takes part in an exchange, right after {@link #tileStates}: moved contents are written once at
   * their new places, and the array's rows go on from the writes of the cells they lie in.
   *
   * @param moves as decided, of all layers
   * @param tiles that all layers brought
   * @return this layer's contents that moved, in order
   */
  public List<Arrival> apply(List<TileMove> moves, List<TileState> tiles) {
    Map<Integer, long[]> wearThere = new HashMap<>();
    tiles.forEach(there -> wearThere.put(there.physicalTile(), there.wear()));
    List<Arrival> arrivals = new ArrayList<>();
    for (TileMove move : moves) {
      if (move.layer() == layer) {
        long[] there = Objects.requireNonNull(wearThere.get(move.physicalTile()));
        arrivals.add(arrive(move, there));
      }
    }
    if (!arrivals.isEmpty()) {
      updateRowWear();
    }
    return arrivals;
  }

  private Arrival arrive(TileMove move, long[] wearThere) {
    int tile = move.tile();
    wear[tile] = wearThere.clone();
    physicalTiles[tile] = move.physicalTile();
    firstBlocks[tile] = move.firstBlock();
    survived.remove(tile);
    array.tileMoved(tile, move.physicalTile(), move.firstBlock() * columnsPerBlock);
    for (int row = 0; row < rows(); row++) {
      wear(tile, row, 1);
    }
    return new Arrival(tile, move.physicalTile(), move.firstBlock() * columnsPerBlock, wearThere);
  }

  /**
   * A row is as worn as the most worn cell that a write of it reaches, and has failed with the
   * first of them.
   */
  private void updateRowWear() {
    long[] most = array.writes();
    BitSet failed = new BitSet();
    boolean retires = array.retiresFailed();
    for (int row = 0; row < shape.tiledRows(); row++) {
      most[row] = 0;
      int firstTile = shape.firstTile(row);
      for (int tile = firstTile; tile < firstTile + shape.tileColumns(); tile++) {
        int from = row % rows() * blocks() + firstBlocks[tile];
        for (int i = from; i < from + usedBlocks(tile); i++) {
          most[row] = Math.max(most[row], wear[tile][i]);
          failed.set(row, failed.get(row) || (retires && hasFailed(tile, i)));
        }
      }
    }
    for (int row = shape.tiledRows(); row < most.length; row++) {
      failed.set(row, array.isRetired(row));
    }
    counted = most;
    Arrays.fill(survivedByRow, UNKNOWN);
    array.resetWear(most, failed);
  }

  public void save(DataOutput out) throws IOException {
    for (int tile = 0; tile < wear.length; tile++) {
      out.writeInt(physicalTiles[tile]);
      out.writeInt(firstBlocks[tile]);
      out.writeLong(contentWrites[tile]);
      for (long writes : wear[tile]) {
        out.writeLong(writes);
      }
    }
    for (long count : counted) {
      out.writeLong(count);
    }
  }

  public void restore(DataInput in) throws IOException {
    for (int tile = 0; tile < wear.length; tile++) {
      physicalTiles[tile] = in.readInt();
      firstBlocks[tile] = in.readInt();
      array.tileMoved(tile, physicalTiles[tile], firstBlocks[tile] * columnsPerBlock);
      contentWrites[tile] = in.readLong();
      for (int i = 0; i < wear[tile].length; i++) {
        wear[tile][i] = in.readLong();
      }
    }
    counted = new long[counted.length];
    for (int row = 0; row < counted.length; row++) {
      counted[row] = in.readLong();
    }
    survived.clear();
    Arrays.fill(survivedByRow, UNKNOWN);
    array.cellsChanged();
  }
}
