package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.CrossLayerSettings;

/** Crossbars of two rows and four blocks of columns. */
final class TileExchangeTest {
  private static final List<LayerShape> LAYERS = layers("a", "b", "c");

  private static List<LayerShape> layers(String... names) {
    return Stream.of(names).map(name -> new LayerShape(name, 2, 4)).toList();
  }

  private static CrossLayerSettings settings(boolean sharesColumns) {
    return new CrossLayerSettings(100, 4, 0.0625, sharesColumns);
  }

  private static TileState tile(
      int number, int firstBlock, int blocks, long contentWrites, long... wear) {
    return new TileState(number, 0, number, firstBlock, blocks, contentWrites, wear);
  }

  private static List<TileMove> decide(boolean sharesColumns, TileState... tiles) {
    return new TileExchange(settings(sharesColumns), LAYERS).decide(List.of(tiles), 2);
  }

  @Test
  void decide_hotAndColdFullTiles_changePlaces() {
    assertThat(
            decide(
                true,
                tile(0, 0, 4, 90, 20, 20, 20, 20, 20, 20, 20, 20),
                tile(1, 0, 4, 10, 5, 5, 5, 5, 5, 5, 5, 5)))
        .containsExactly(new TileMove(0, 0, 1, 0), new TileMove(1, 0, 0, 0));
  }

  /** The most worn crossbar holds the colder content by now: there is nothing to gain. */
  @Test
  void decide_wornTileOfAColdContent_stays() {
    assertThat(
            decide(
                true,
                tile(0, 0, 4, 10, 20, 20, 20, 20, 20, 20, 20, 20),
                tile(1, 0, 4, 90, 5, 5, 5, 5, 5, 5, 5, 5)))
        .isEmpty();
  }

  /** The move writes once: 9 - (5 + 1) = 3 are less than the gap of 4. */
  @Test
  void decide_lessThanTheGap_stays() {
    assertThat(
            decide(
                true,
                tile(0, 0, 4, 90, 9, 9, 9, 9, 9, 9, 9, 9),
                tile(1, 0, 4, 10, 5, 5, 5, 5, 5, 5, 5, 5)))
        .isEmpty();
  }

  @Test
  void decide_narrowContent_takesTheFreshestColumnsOfItsOwnCrossbar() {
    TileState narrow = tile(0, 0, 2, 90, 30, 30, 8, 0, 30, 30, 0, 1);

    // Blocks 2 and 3: at most 8; 1 and 2: at most 30.
    assertThat(decide(true, narrow)).containsExactly(new TileMove(0, 0, 0, 2));
    assertThat(decide(false, narrow)).isEmpty();
  }

  /** b and c are as fresh; b comes first by its name, wherever it stands. */
  @Test
  void decide_equallyFreshTargets_takesTheLayerOfTheFirstName() {
    TileState hot = tile(0, 0, 4, 90, 20, 20, 20, 20, 20, 20, 20, 20);
    TileState fresh = tile(1, 0, 4, 10, 5, 5, 5, 5, 5, 5, 5, 5);
    TileState asFresh = tile(2, 0, 4, 10, 5, 5, 5, 5, 5, 5, 5, 5);

    assertThat(decide(true, hot, fresh, asFresh)).contains(new TileMove(0, 0, 1, 0)).hasSize(2);
    assertThat(
            new TileExchange(settings(true), layers("a", "c", "b"))
                .decide(List.of(hot, fresh, asFresh), 2))
        .contains(new TileMove(0, 0, 2, 0))
        .hasSize(2);
  }

  /** One row of the colder crossbar is as worn as the hotter one: a level is of the worst cell. */
  @Test
  void decide_oneWornRow_countsForItsCrossbar() {
    assertThat(
            decide(
                true,
                tile(0, 0, 4, 90, 20, 20, 20, 20, 20, 20, 20, 20),
                tile(1, 0, 4, 10, 0, 0, 0, 0, 19, 0, 0, 0)))
        .isEmpty();
  }

  private static TileState failing(TileState tile, int workingSpareRows, int... failed) {
    return new TileState(
        tile.layer(),
        tile.tile(),
        tile.physicalTile(),
        tile.firstBlock(),
        tile.blocks(),
        tile.contentWrites(),
        tile.wear(),
        new TileFailures(failed, workingSpareRows));
  }

  /** b's crossbar is freshest; of its two rows one has failed, and a needs two. */
  @Test
  void decide_tooFewRowsWorkThere_takesTheNextBest() {
    TileState hot = tile(0, 0, 4, 90, 20, 20, 20, 20, 20, 20, 20, 20);
    TileState fresh = tile(1, 0, 4, 10, 5, 5, 5, 5, 5, 5, 5, 5);
    TileState sound = tile(2, 0, 4, 10, 8, 8, 8, 8, 8, 8, 8, 8);

    assertThat(decide(true, hot, fresh, sound))
        .containsExactly(new TileMove(0, 0, 1, 0), new TileMove(1, 0, 0, 0));
    assertThat(decide(true, hot, failing(fresh, 0, 0), sound))
        .containsExactly(new TileMove(0, 0, 2, 0), new TileMove(2, 0, 0, 0));
  }

  /**
   * b has one row of two left. a can spare one, as it has two spare rows, and has to keep one; so
   * can c, whose crossbar is fresher.
   */
  @Test
  void decide_layerShortOfRows_changesPlacesWithOneThatCanSpareThem() {
    TileState worn = failing(tile(0, 0, 4, 10, 7, 7, 7, 7, 7, 7, 7, 7), 2);
    TileState isShort = failing(tile(1, 0, 4, 90, 5, 5, 5, 5, 5, 5, 5, 5), 0, 0);
    TileState fresh = tile(2, 0, 4, 10, 6, 6, 6, 6, 6, 6, 6, 6);

    assertThat(decide(true, worn, isShort, fresh))
        .containsExactly(new TileMove(0, 0, 1, 0), new TileMove(1, 0, 0, 0));
    assertThat(decide(true, worn, isShort, failing(fresh, 2)))
        .containsExactly(new TileMove(1, 0, 2, 0), new TileMove(2, 0, 1, 0));
    assertThat(decide(true, failing(worn, 1), isShort, fresh)).isEmpty();
  }

  /** Blocks 1 and 2, or 2 and 3, have both rows. The latter are worn 6 at most, the former 8. */
  @Test
  void decide_layerShortOfRows_prefersItsOwnCrossbar() {
    TileState isShort = failing(tile(1, 0, 2, 90, 9, 8, 6, 1, 9, 8, 6, 1), 0, 0);
    TileState fresh = failing(tile(2, 0, 2, 10, 0, 0, 0, 0, 0, 0, 0, 0), 2);

    assertThat(decide(true, isShort, fresh)).containsExactly(new TileMove(1, 0, 1, 2));
  }

  /** What has failed wears no further: 5 writes of the others are not worth a move. */
  @Test
  void decide_failedCells_countForNoLevel() {
    TileState oneHot = tile(0, 0, 4, 90, 100, 5, 5, 5, 5, 5, 5, 5);
    TileState fresh = tile(1, 0, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0);

    assertThat(decide(true, oneHot, fresh)).hasSize(2);
    assertThat(decide(true, failing(oneHot, 1, 0), fresh)).isEmpty();
  }

  @Test
  void isDueBefore_multiplesOfTheInterval_butNotTheFirstIteration() {
    TileExchange exchange = new TileExchange(settings(true), LAYERS);

    assertThat(List.of(0L, 99L, 100L, 101L, 200L))
        .filteredOn(exchange::isDueBefore)
        .containsExactly(100L, 200L);
  }

  @Test
  void columnsPerBlock_widths_divideThemAll() {
    List<ArrayShape> arrays =
        List.of(
            new ArrayShape(new LayerShape("a", 3, 64), 512, 0),
            new ArrayShape(new LayerShape("b", 3, 1000), 512, 0));

    // 1000 columns are 512 and 488: what 512, 64 and 488 share.
    assertThat(TileExchange.columnsPerBlock(arrays)).isEqualTo(8);
  }
}
