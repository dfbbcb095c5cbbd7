package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** Crossbars of four rows and columns. */
final class LayerTilesTest {
  /** 3 x 2: one tile that uses two columns. 6 x 6: two tile rows of a full and a half tile. */
  private static final List<LayerShape> LAYERS =
      List.of(new LayerShape("small", 3, 2), new LayerShape("wide", 6, 6));

  private static final ScenarioPlan SCENARIO =
      new ScenarioPlan(
          "s", 0, List.of(new CrossLayerLeveller().choice(CrossLayerLevellerTest.SETTINGS)), 4);

  private final List<RowArray> arrays = new ArrayList<>();
  private final List<LayerTiles> tiles = new ArrayList<>();

  LayerTilesTest() {
    for (int layer = 0; layer < LAYERS.size(); layer++) {
      RowArray array =
          new RowArray(LAYERS.get(layer).rows(), SCENARIO.physicalRows(LAYERS.get(layer)));
      arrays.add(array);
      tiles.add(LayerTiles.of(SCENARIO, LAYERS, layer, array).orElseThrow());
    }
  }

  private List<TileState> meet() {
    List<TileState> all = new ArrayList<>();
    tiles.forEach(layer -> all.addAll(layer.tileStates()));
    return all;
  }

  @Test
  void tileStates_rowOfTheSecondTileRow_woreBothTilesOfItInTheColumnsTheyUse() {
    arrays.get(1).writeRow(5);

    List<TileState> all = tiles.get(1).tileStates();

    // Physical tiles are numbered through the network; blocks are two columns wide.
    assertThat(all).extracting(TileState::physicalTile).containsExactly(1, 2, 3, 4);
    assertThat(all).extracting(TileState::contentWrites).containsExactly(0L, 0L, 1L, 1L);
    assertThat(all.get(2).wear()).containsExactly(0, 0, 1, 1, 0, 0, 0, 0);
    assertThat(all.get(3).wear()).containsExactly(0, 0, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void apply_contentsChangePlaces_rowsGoOnFromTheWearTheyFind() {
    for (int i = 0; i < 10; i++) {
      arrays.get(0).writeRow(1);
    }
    List<TileState> all = meet();
    // The small content goes to the last tile's second block, whose content takes its crossbar.
    List<TileMove> moves = List.of(new TileMove(0, 0, 4, 1), new TileMove(1, 3, 0, 0));

    List<LayerTiles.Arrival> small = tiles.get(0).apply(moves, all);
    List<LayerTiles.Arrival> wide = tiles.get(1).apply(moves, all);

    assertThat(small).extracting(LayerTiles.Arrival::firstColumn).containsExactly(2);
    assertThat(small.get(0).wearBefore()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(wide.get(0).wearBefore()).containsExactly(0, 0, 10, 0, 0, 0, 0, 0);
    // Every row was written once where it came to; row 5 of the wide array found ten.
    assertThat(arrays.get(0).writes()).containsExactly(1, 1, 1, 1);
    assertThat(arrays.get(1).writes()).containsExactly(0, 0, 0, 0, 1, 11, 1, 1);
  }

  /** However contents move, the writes of all cells are those of all updates and moves. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_manyRounds_noWriteIsLostOrDoubled(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Leveller none = Leveller.NONE;
    TileExchange exchange = tiles.get(0).exchange();
    long cellWrites = 0;
    int moved = 0;
    for (int i = 0; i < 2_000; i++) {
      for (int layer = 0; layer < 2; layer++) {
        int row = random.nextInt(1 + random.nextInt(LAYERS.get(layer).rows()));
        arrays.get(layer).apply(new Selection.Rows(new int[] {row}), i, none);
        cellWrites += LAYERS.get(layer).columns();
      }
      if (exchange.isDueBefore(i)) {
        List<TileState> all = meet();
        List<TileMove> moves = exchange.decide(all, 4);
        for (LayerTiles layer : tiles) {
          for (LayerTiles.Arrival arrival : layer.apply(moves, all)) {
            // Four rows of what the content uses: the whole crossbar, or half of it.
            int columns = layer == tiles.get(1) && arrival.tile() % 2 == 0 ? 4 : 2;
            cellWrites += 4L * columns;
            moved++;
          }
        }
      }
    }

    long counted = 0;
    List<TileState> all = meet();
    for (TileState tile : all) {
      for (long writes : tile.wear()) {
        counted += 2 * writes;
      }
    }
    assertThat(moved).isPositive();
    assertThat(counted).isEqualTo(cellWrites);
    assertThat(all).extracting(TileState::physicalTile).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  /** Rows 8 and 9 of the wide layer lie in no crossbar, and stay behind with their writes. */
  @Test
  void apply_spareRows_stayWithTheirWrites() {
    ScenarioPlan spare =
        new ScenarioPlan(
            "s", 0, SCENARIO.levellers(), 4, 2, ScenarioPlan.LevellerFacts.NONE, Optional.empty());
    RowArray array = new RowArray(6, 10);
    LayerTiles wide = LayerTiles.of(spare, LAYERS, 1, array).orElseThrow();
    array.rewrite(9);
    array.rewrite(9);

    List<TileState> all = wide.tileStates();
    wide.apply(
        List.of(
            new TileMove(1, 0, 2, 0),
            new TileMove(1, 1, 1, 0),
            new TileMove(1, 2, 4, 0),
            new TileMove(1, 3, 3, 1)),
        all);

    assertThat(all).extracting(TileState::physicalTile).containsExactly(1, 2, 3, 4);
    assertThat(all).allMatch(tile -> LongStream.of(tile.wear()).sum() == 0);
    // Every row of the crossbars was written once where it came to; the others were not.
    assertThat(array.writes()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 0, 2);
    array.rewrite(9);
    assertThat(wide.tileStates()).allMatch(tile -> LongStream.of(tile.wear()).max().orElse(0) == 1);
  }

  /** Two layers of two rows in a crossbar each, whose cells survive five writes. */
  private static final class Retiring {
    private static final List<LayerShape> PAIR =
        List.of(new LayerShape("one", 2, 2), new LayerShape("two", 2, 2));

    private final List<RowArray> arrays = new ArrayList<>();
    private final List<LayerTiles> tiles = new ArrayList<>();
    private final List<Leveller> levellers = new ArrayList<>();

    Retiring() {
      RetireLeveller retire = new RetireLeveller();
      ScenarioPlan scenario =
          new ScenarioPlan(
              "s",
              0,
              List.of(
                  new CrossLayerLeveller().choice(CrossLayerLevellerTest.SETTINGS),
                  retire.choice(retire.settings(Map.of()))),
              4);
      Device five =
          Policies.onClassPath()
              .require(PolicyFamily.DEVICE, "constant", DevicePolicy.class)
              .bind(new PolicyChoice("constant", Map.of("writes", 5.0)))
              .create(1);
      for (int layer = 0; layer < 2; layer++) {
        DeviceCells cells = new DeviceCells(five, layer, scenario.arrays(PAIR));
        RowArray array = RowArray.of(scenario.array(PAIR.get(layer)), Optional.of(cells));
        arrays.add(array);
        tiles.add(LayerTiles.of(scenario, PAIR, layer, array).orElseThrow());
        levellers.add(retire.create(array, retire.settings(Map.of()), 1));
      }
    }

    RowArray.IterationWrites write(int layer, int row) {
      return arrays.get(layer).apply(new Selection.Rows(new int[] {row}), 0, levellers.get(layer));
    }

    List<TileState> meet() {
      return tiles.stream().flatMap(layer -> layer.tileStates().stream()).toList();
    }

    /** One content in the other's place, and the other way round. */
    void exchange() {
      List<TileState> all = meet();
      List<TileMove> moves = List.of(new TileMove(0, 0, 1, 0), new TileMove(1, 0, 0, 0));
      tiles.forEach(layer -> layer.apply(moves, all));
    }
  }

  /** The sixth write shows that row 0 has failed; its content goes to row 2, with a write. */
  @Test
  void tileStates_rowHasFailed_saysWhichCounts() {
    Retiring retiring = new Retiring();
    for (int i = 0; i < 6; i++) {
      retiring.write(0, 0);
    }

    List<TileState> all = retiring.meet();

    // Two blocks of two columns by row, of which the first is used.
    assertThat(all.get(0).wear()).containsExactly(6, 0, 0, 0, 1, 0, 0, 0);
    assertThat(all.get(0).failures().failed()).containsExactly(0);
    assertThat(all.get(1).failures().failed()).isEmpty();
  }

  /**
   * Layer two comes to the crossbar whose row 0 has had six writes, and writes each row: 7, 1, 2,
   * 1. Its row 0 lies on the failed one, and goes to row 3, the least worn that is free.
   */
  @Test
  void apply_contentComesToAFailedRow_leavesItInTheNextIteration() {
    Retiring retiring = new Retiring();
    for (int i = 0; i < 6; i++) {
      retiring.write(0, 0);
    }

    retiring.exchange();
    RowArray two = retiring.arrays.get(1);
    assertThat(two.writes()).containsExactly(7, 1, 2, 1);
    RowArray.IterationWrites writes = retiring.write(1, 1);

    assertThat(writes.physicalRows()).containsExactly(1);
    assertThat(writes.levellingRows()).containsExactly(3);
    assertThat(two.physicalRow(0)).isEqualTo(3);
    assertThat(two.isRetired(0)).isTrue();
    assertThat(two.workingRows()).isEqualTo(3);
    // Layer one found fresh cells, and has all its rows again.
    assertThat(retiring.arrays.get(0).workingRows()).isEqualTo(4);
  }

  /** Row 1 had three writes of its own layer; one arrival, and one of the other layer's is left. */
  @Test
  void apply_rowsThatOthersWore_surviveWhatIsLeft() {
    Retiring retiring = new Retiring();
    for (int i = 0; i < 3; i++) {
      retiring.write(0, 1);
    }

    retiring.exchange();

    assertThat(retiring.write(1, 1).levellingRows()).isEmpty();
    // The sixth write of these cells fails; of the free rows 2 comes first.
    assertThat(retiring.write(1, 1).levellingRows()).containsExactly(2);
    assertThat(retiring.arrays.get(1).isRetired(1)).isTrue();
  }

  /** No cell of the crossbar's other columns has failed, so a content there has all its rows. */
  @Test
  void apply_ownContentTakesOtherColumns_hasAllRowsAgain() {
    Retiring retiring = new Retiring();
    for (int i = 0; i < 6; i++) {
      retiring.write(0, 0);
    }
    assertThat(retiring.arrays.get(0).workingRows()).isEqualTo(3);

    retiring.tiles.get(0).apply(List.of(new TileMove(0, 0, 0, 1)), retiring.meet());

    assertThat(retiring.arrays.get(0).workingRows()).isEqualTo(4);
    // The cells that have failed stay behind, with the crossbar.
    assertThat(retiring.meet().get(0).failures().failed()).containsExactly(0);
  }

  @Test
  void restore_saved_isTheSame() throws Exception {
    arrays.get(1).writeRow(5);
    meet();
    arrays.get(1).writeRow(0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    arrays.get(1).save(new DataOutputStream(bytes));
    tiles.get(1).save(new DataOutputStream(bytes));
    RowArray array = new RowArray(6, 8);
    LayerTiles copy = LayerTiles.of(SCENARIO, LAYERS, 1, array).orElseThrow();

    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    array.restore(in);
    copy.restore(in);

    assertThat(copy.tileStates())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(tiles.get(1).tileStates());
  }
}
