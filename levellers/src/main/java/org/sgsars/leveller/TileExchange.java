package org.sgsars.leveller;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.CrossLayerSettings;

/**
 * Which contents change crossbars. A pure function of the wear of all tiles, so that everyone who
 * has that decides the same.
 *
 * <p>The <em>level</em> of a content is the most writes of any cell in the columns it uses. From
 * the highest level down to the mean, each content looks for the place of lowest level: other
 * columns of its own crossbar, or a crossbar whose content was written less so far and takes the
 * first one's in exchange. It moves if that spares it the gap. Every crossbar takes part once a
 * round; ties go to the layer whose name comes first, there to the lower number, and to the own
 * crossbar.
 */
public final class TileExchange {
  /** Most tiles of one layer; a larger layer would be one of some 2^25 rows. */
  static final int MOST_TILES_OF_A_LAYER = 65_536;

  private final int gap;
  private final double relativeGap;
  private final boolean sharesColumns;
  private final int interval;

  /** Place of each layer in the order of their names. */
  private final int[] rankOfLayer;

  /**
   * @param layers of the network, in order
   */
  public TileExchange(CrossLayerSettings settings, List<LayerShape> layers) {
    this.rankOfLayer = ranks(layers.stream().map(LayerShape::name).toList());
    this.interval = settings.interval();
    this.gap = settings.gap();
    this.relativeGap = settings.relativeGap();
    this.sharesColumns = settings.shareColumns();
  }

  private static int[] ranks(List<String> names) {
    int[] ranks = new int[names.size()];
    List<Integer> byName = new ArrayList<>();
    for (int layer = 0; layer < ranks.length; layer++) {
      byName.add(layer);
    }
    byName.sort(Comparator.comparing(names::get));
    for (int rank = 0; rank < ranks.length; rank++) {
      ranks[byName.get(rank)] = rank;
    }
    return ranks;
  }

  /** Whether tiles meet before an iteration. */
  public boolean isDueBefore(long iteration) {
    return iteration > 0 && iteration % interval == 0;
  }

  /** Columns whose cells wear alike wherever contents lie: every width is a multiple of it. */
  public static int columnsPerBlock(List<ArrayShape> arrays) {
    BigInteger common = BigInteger.ZERO;
    for (ArrayShape array : arrays) {
      common = common.gcd(BigInteger.valueOf(array.crossbarSize()));
      common = common.gcd(BigInteger.valueOf(array.usedColumns(array.tileColumns() - 1)));
    }
    return common.intValueExact();
  }

  /** A place that a content could take. */
  private record Place(int firstBlock, long level) {}

  /** One round. */
  private final class Round {
    private final List<TileState> tiles;
    private final int rows;

    /** Most writes of each tile's blocks of columns. */
    private final List<long[]> mostOfBlock = new ArrayList<>();

    /** Best place of a content of so many blocks in each tile. */
    private final Map<Integer, List<Place>> placesByBlocks = new HashMap<>();

    private final boolean[] tookPart;
    private final List<TileMove> moves = new ArrayList<>();
    private double sum;

    Round(List<TileState> tiles, int rows) {
      this.tiles = tiles;
      this.rows = rows;
      this.tookPart = new boolean[tiles.size()];
      tiles.forEach(tile -> mostOfBlock.add(mostOfBlock(tile)));
    }

    private long[] mostOfBlock(TileState tile) {
      int blocks = tile.wear().length / rows;
      long[] most = new long[blocks];
      for (int i = 0; i < tile.wear().length; i++) {
        most[i % blocks] = Math.max(most[i % blocks], tile.wear()[i]);
        sum += tile.wear()[i];
      }
      return most;
    }

    List<TileMove> decide() {
      double mean = sum / ((double) tiles.size() * tiles.get(0).wear().length);
      double least = Math.max(gap, relativeGap * mean);
      List<Integer> byLevel = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        byLevel.add(i);
      }
      byLevel.sort(Comparator.comparingLong((Integer i) -> -level(i)).thenComparing(i -> i));
      for (int i : byLevel) {
        if (level(i) < mean) {
          break;
        }
        if (!tookPart[i]) {
          relieve(i, least);
        }
      }
      moves.sort(Comparator.comparingInt(TileMove::layer).thenComparingInt(TileMove::tile));
      return moves;
    }

    private long level(int i) {
      TileState tile = tiles.get(i);
      return level(i, tile.firstBlock(), tile.blocks());
    }

    private long level(int i, int firstBlock, int blocks) {
      long most = 0;
      for (int block = firstBlock; block < firstBlock + blocks; block++) {
        most = Math.max(most, mostOfBlock.get(i)[block]);
      }
      return most;
    }

    private Place best(int i, int blocks) {
      return placesByBlocks.computeIfAbsent(blocks, this::bestPlaces).get(i);
    }

    private List<Place> bestPlaces(int blocks) {
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        Place best = new Place(0, level(i, 0, blocks));
        int last = sharesColumns ? mostOfBlock.get(i).length - blocks : 0;
        for (int first = 1; first <= last; first++) {
          long level = level(i, first, blocks);
          best = level < best.level() ? new Place(first, level) : best;
        }
        places.add(best);
      }
      return places;
    }

    /** Finds a content that is worn most a better place, if one spares it {@code least} writes. */
    private void relieve(int i, double least) {
      TileState worn = tiles.get(i);
      // The move itself writes the new place once.
      Place own = best(i, worn.blocks());
      long mostSpared = level(i) - (own.level() + 1);
      int target = i;
      for (int other = 0; other < tiles.size(); other++) {
        boolean isColder = tiles.get(other).contentWrites() < worn.contentWrites();
        long spared = level(i) - (best(other, worn.blocks()).level() + 1);
        if (other != i && !tookPart[other] && isColder && spared > mostSpared) {
          mostSpared = spared;
          target = other;
        }
      }
      if (mostSpared < least) {
        return;
      }
      move(worn, target);
      if (target != i) {
        move(tiles.get(target), i);
      }
    }

    private void move(TileState content, int to) {
      tookPart[to] = true;
      moves.add(
          new TileMove(
              content.layer(),
              content.tile(),
              tiles.get(to).physicalTile(),
              best(to, content.blocks()).firstBlock()));
    }
  }

  /**
   * @param tiles all tiles of the network, in any order
   * @param rows rows of a crossbar, S
   * @return contents that move, in the order of their layers and numbers; each is written once, in
   *     all rows
   */
  public List<TileMove> decide(List<TileState> tiles, int rows) {
    List<TileState> byName =
        tiles.stream()
            .sorted(
                Comparator.comparingInt((TileState tile) -> rankOfLayer[tile.layer()])
                    .thenComparingInt(TileState::tile))
            .toList();
    return new Round(byName, rows).decide();
  }
}
