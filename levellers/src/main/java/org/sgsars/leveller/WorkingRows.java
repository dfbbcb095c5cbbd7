package org.sgsars.leveller;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sgsars.model.LayerShape;

/**
 * How many rows of each layer work while contents change crossbars. A row of a layer's array works
 * if no cell has failed in the columns that the layer uses of it, in any of the tiles that the row
 * runs through; spare rows lie in none.
 *
 * <p>Of the rows that hold no weights a layer has to <em>keep</em> a quarter, rounded down, and one
 * if it has any: with fewer it soon loses a weight.
 */
final class WorkingRows {
  private static final int FREE_PER_KEPT = 4;

  private static final BitSet NONE = new BitSet();

  /** Tiles side by side, which hold the same rows of a layer. */
  private final class TileRow {
    final List<Integer> contents = new ArrayList<>();
    int working = rows;

    int count() {
      BitSet failed = new BitSet();
      for (int content : contents) {
        for (int block = 0; block < tiles.get(content).blocks(); block++) {
          failed.or(failed(crossbars[content], firstBlocks[content] + block));
        }
      }
      return rows - failed.cardinality();
    }
  }

  private record TileRowKey(int layer, int tileRow) {}

  private final List<TileState> tiles;
  private final int rows;

  /** Of each content the crossbar it lies in now, by the index of whose it was at first. */
  private final int[] crossbars;

  private final int[] firstBlocks;
  private final TileRow[] tileRows;

  /** By crossbar, then block of columns, the rows with a failed cell; only where there are any. */
  private final Map<Integer, Map<Integer, BitSet>> failed = new HashMap<>();

  /** By layer. */
  private final int[] working;

  private final int[] kept;
  private final int[] needed;

  /**
   * @param tiles all of the network, each content in the crossbar that it comes with
   * @param rows of a crossbar, S
   * @param layers of the network, in order
   */
  WorkingRows(List<TileState> tiles, int rows, List<LayerShape> layers) {
    this.tiles = tiles;
    this.rows = rows;
    this.crossbars = new int[tiles.size()];
    this.firstBlocks = new int[tiles.size()];
    this.tileRows = new TileRow[tiles.size()];
    this.working = new int[layers.size()];
    this.kept = new int[layers.size()];
    this.needed = new int[layers.size()];
    Arrays.setAll(crossbars, content -> content);
    Arrays.setAll(firstBlocks, content -> tiles.get(content).firstBlock());
    Map<TileRowKey, TileRow> byKey = new HashMap<>();
    for (int i = 0; i < tiles.size(); i++) {
      TileState tile = tiles.get(i);
      markFailed(i, tile);
      int columns = (layers.get(tile.layer()).columns() + rows - 1) / rows;
      TileRowKey key = new TileRowKey(tile.layer(), tile.tile() / columns);
      tileRows[i] = byKey.computeIfAbsent(key, of -> new TileRow());
      tileRows[i].contents.add(i);
      working[tile.layer()] = tile.failures().workingSpareRows();
    }
    byKey.keySet().forEach(key -> working[key.layer()] += rows);
    for (int layer = 0; layer < needed.length; layer++) {
      needed[layer] = layers.get(layer).rows();
      int free = Math.max(0, working[layer] - needed[layer]);
      kept[layer] = Math.min(free, Math.max(1, free / FREE_PER_KEPT));
    }
    for (Map.Entry<TileRowKey, TileRow> entry : byKey.entrySet()) {
      recount(entry.getKey().layer(), entry.getValue());
    }
  }

  private void markFailed(int crossbar, TileState tile) {
    int blocks = tile.wear().length / rows;
    for (int count : tile.failures().failed()) {
      failed
          .computeIfAbsent(crossbar, of -> new HashMap<>())
          .computeIfAbsent(count % blocks, of -> new BitSet())
          .set(count / blocks);
    }
  }

  private BitSet failed(int crossbar, int block) {
    return failed.getOrDefault(crossbar, Map.of()).getOrDefault(block, NONE);
  }

  private void recount(int layer, TileRow row) {
    int now = row.count();
    working[layer] += now - row.working;
    row.working = now;
  }

  /** Whether nothing has failed, so that every row works wherever contents lie. */
  boolean areAll() {
    return failed.isEmpty();
  }

  /** Working rows of a content's layer. */
  int working(int content) {
    return working[tiles.get(content).layer()];
  }

  /** Working rows without weights that a content's layer has to keep. */
  int kept(int content) {
    return kept[tiles.get(content).layer()];
  }

  private int enough(int content) {
    return needed[tiles.get(content).layer()] + kept(content);
  }

  /** Whether a content's layer has fewer working rows than it has to keep. */
  boolean isShort(int content) {
    return working(content) < enough(content);
  }

  /** Lets a content lie elsewhere. */
  void move(int content, int crossbar, int firstBlock) {
    crossbars[content] = crossbar;
    firstBlocks[content] = firstBlock;
    recount(tiles.get(content).layer(), tileRows[content]);
  }

  /** Working rows of a content's layer if the content lay elsewhere. */
  int workingIn(int content, int crossbar, int firstBlock) {
    int ownCrossbar = crossbars[content];
    int ownBlock = firstBlocks[content];
    move(content, crossbar, firstBlock);
    int there = working(content);
    move(content, ownCrossbar, ownBlock);
    return there;
  }

  /** Whether a content's layer has enough rows if the content moves, or as many as it has now. */
  boolean allows(int content, int crossbar, int firstBlock) {
    return areAll()
        || workingIn(content, crossbar, firstBlock) >= Math.min(working(content), enough(content));
  }
}
