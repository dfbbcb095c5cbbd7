package org.sgsars.leveller;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 *
 * <p>Where failed rows are given up, a content moves only where every layer involved has
 * {@linkplain WorkingRows working rows} enough afterwards, or as many as before; so no layer loses
 * a weight by a move that was decided on. Cells that have failed count for no level. Before levels
 * count, each content whose layer runs short of working rows looks for the place in which most of
 * its layer's rows work, first in its own crossbar, then in the others, of these in the columns of
 * lowest level. It moves if the layer gains as many rows as it has to keep.
 */
public final class TileExchange {
  /** Most tiles of one layer; a larger layer would be one of some 2^25 rows. */
  static final int MOST_TILES_OF_A_LAYER = 65_536;

  private final int gap;
  private final double relativeGap;
  private final boolean sharesColumns;
  private final int interval;

  private final List<LayerShape> layers;

  /** Place of each layer in the order of their names. */
  private final int[] rankOfLayer;

  /**
   * @param layers of the network, in order
   */
  public TileExchange(CrossLayerSettings settings, List<LayerShape> layers) {
    this.layers = List.copyOf(layers);
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

  /** Whether tiles are exchanged before an iteration. */
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

  /**
   * What a content could do.
   *
   * @param crossbar whose content it changes places with; its own if it only takes other columns
   * @param there its place
   * @param back place of the other content
   */
  private record Exchange(int crossbar, Place there, Place back) {}

  /** One round. Contents, and the crossbars that they lie in at first, go by the same numbers. */
  private final class Round {
    private final List<TileState> tiles;
    private final int rows;
    private final WorkingRows working;

    /** Most writes of each tile's blocks of columns, those that have failed left out. */
    private final List<long[]> mostOfBlock = new ArrayList<>();

    /** Best place of a content of so many blocks in each tile. */
    private final Map<Integer, List<Place>> placesByBlocks = new HashMap<>();

    private final boolean[] tookPart;
    private final List<TileMove> moves = new ArrayList<>();
    private double sum;

    Round(List<TileState> tiles, int rows) {
      this.tiles = tiles;
      this.rows = rows;
      this.working = new WorkingRows(tiles, rows, layers);
      this.tookPart = new boolean[tiles.size()];
      tiles.forEach(tile -> mostOfBlock.add(mostOfBlock(tile)));
    }

    private long[] mostOfBlock(TileState tile) {
      int blocks = tile.wear().length / rows;
      long[] most = new long[blocks];
      int[] failed = tile.failures().failed();
      int next = 0;
      for (int i = 0; i < tile.wear().length; i++) {
        sum += tile.wear()[i];
        if (next < failed.length && failed[next] == i) {
          next++;
        } else {
          most[i % blocks] = Math.max(most[i % blocks], tile.wear()[i]);
        }
      }
      return most;
    }

    List<TileMove> decide() {
      for (int i = 0; i < tiles.size() && !working.areAll(); i++) {
        if (!tookPart[i] && working.isShort(i)) {
          findRows(i);
        }
      }
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

    private int lastFirstBlock(int i, int blocks) {
      return sharesColumns ? mostOfBlock.get(i).length - blocks : 0;
    }

    private Place best(int i, int blocks) {
      return placesByBlocks.computeIfAbsent(blocks, this::bestPlaces).get(i);
    }

    private List<Place> bestPlaces(int blocks) {
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        Place best = new Place(0, level(i, 0, blocks));
        for (int first = 1; first <= lastFirstBlock(i, blocks); first++) {
          long level = level(i, first, blocks);
          best = level < best.level() ? new Place(first, level) : best;
        }
        places.add(best);
      }
      return places;
    }

    /** The place of lowest level in which the content's layer has working rows enough. */
    private Optional<Place> place(int content, int crossbar) {
      int blocks = tiles.get(content).blocks();
      if (working.areAll()) {
        return Optional.of(best(crossbar, blocks));
      }
      Optional<Place> best = Optional.empty();
      for (int first = 0; first <= lastFirstBlock(crossbar, blocks); first++) {
        long level = level(crossbar, first, blocks);
        boolean isLower = best.isEmpty() || level < best.get().level();
        if (isLower && working.allows(content, crossbar, first)) {
          best = Optional.of(new Place(first, level));
        }
      }
      return best;
    }

    /** A content at a place in another crossbar, whose own takes the crossbar that it leaves. */
    private Optional<Exchange> exchange(int content, int crossbar, Place there) {
      working.move(content, crossbar, there.firstBlock());
      int other = crossbar;
      Optional<Place> back = place(other, content);
      working.move(content, content, tiles.get(content).firstBlock());
      return back.map(of -> new Exchange(crossbar, there, of));
    }

    /** Finds a content that is worn most a better place, if one spares it {@code least} writes. */
    private void relieve(int i, double least) {
      TileState worn = tiles.get(i);
      Optional<Exchange> chosen = place(i, i).map(own -> new Exchange(i, own, own));
      long mostSpared = chosen.map(own -> spared(i, own.there())).orElse(0L);
      for (int other = 0; other < tiles.size(); other++) {
        boolean isColder = tiles.get(other).contentWrites() < worn.contentWrites();
        // Where contents may lie everywhere, nothing is better than the best.
        boolean maySpare = spared(i, best(other, worn.blocks())) > mostSpared;
        if (other != i && !tookPart[other] && isColder && maySpare) {
          int crossbar = other;
          Optional<Exchange> found = place(i, other).flatMap(there -> exchange(i, crossbar, there));
          long spared = found.map(of -> spared(i, of.there())).orElse(mostSpared);
          chosen = spared > mostSpared ? found : chosen;
          mostSpared = Math.max(mostSpared, spared);
        }
      }
      if (mostSpared >= least) {
        chosen.ifPresent(of -> move(i, of));
      }
    }

    /** The move itself writes the new place once. */
    private long spared(int content, Place there) {
      return level(content) - (there.level() + 1);
    }

    /**
     * Finds a content whose layer runs short of working rows a place in which more of them work, if
     * there are as many more as the layer has to keep.
     */
    private void findRows(int i) {
      int most = working.working(i) + Math.max(1, working.kept(i)) - 1;
      Optional<Exchange> chosen = Optional.empty();
      // Its own crossbar is first, and it is the only one that is written then.
      for (int n = -1; n < tiles.size(); n++) {
        int crossbar = n < 0 ? i : n;
        if ((n >= 0 && n == i) || tookPart[crossbar]) {
          continue;
        }
        Place there = mostWorking(i, crossbar);
        Optional<Exchange> found =
            crossbar == i
                ? Optional.of(new Exchange(i, there, there))
                : exchange(i, crossbar, there);
        int ofFound = found.map(of -> workingAfter(i, of)).orElse(0);
        boolean isFresher =
            ofFound == most
                && chosen.isPresent()
                && chosen.get().crossbar() != i
                && there.level() < chosen.get().there().level();
        if (ofFound > most || isFresher) {
          most = ofFound;
          chosen = found;
        }
      }
      chosen.ifPresent(of -> move(i, of));
    }

    /** The place in which most rows of the content's layer work, of these that of lowest level. */
    private Place mostWorking(int content, int crossbar) {
      int blocks = tiles.get(content).blocks();
      Place best = new Place(0, level(crossbar, 0, blocks));
      int most = working.workingIn(content, crossbar, 0);
      for (int first = 1; first <= lastFirstBlock(crossbar, blocks); first++) {
        int there = working.workingIn(content, crossbar, first);
        long level = level(crossbar, first, blocks);
        if (there > most || (there == most && level < best.level())) {
          most = there;
          best = new Place(first, level);
        }
      }
      return best;
    }

    private int workingAfter(int content, Exchange exchange) {
      apply(content, exchange);
      int after = working.working(content);
      working.move(content, content, tiles.get(content).firstBlock());
      if (exchange.crossbar() != content) {
        int other = exchange.crossbar();
        working.move(other, other, tiles.get(other).firstBlock());
      }
      return after;
    }

    private void apply(int content, Exchange exchange) {
      working.move(content, exchange.crossbar(), exchange.there().firstBlock());
      if (exchange.crossbar() != content) {
        working.move(exchange.crossbar(), content, exchange.back().firstBlock());
      }
    }

    private void move(int content, Exchange exchange) {
      apply(content, exchange);
      move(content, exchange.crossbar(), exchange.there());
      if (exchange.crossbar() != content) {
        move(exchange.crossbar(), content, exchange.back());
      }
    }

    private void move(int content, int crossbar, Place place) {
      tookPart[crossbar] = true;
      TileState of = tiles.get(content);
      int physicalTile = tiles.get(crossbar).physicalTile();
      moves.add(new TileMove(of.layer(), of.tile(), physicalTile, place.firstBlock()));
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
