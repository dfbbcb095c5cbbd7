package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.crossbar.core.ProgrammedWeights;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.leveller.TileExchange;
import org.sgsars.leveller.TileMove;
import org.sgsars.leveller.TileState;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/**
 * Contents change crossbars whose cells fail, and rows that fail are given up: whatever levels, the
 * ars-controller retires the rows that the crossbar-sim lets fail under each content. No weight is
 * read wrong as long as its layer has a working row for it. All of that is saved and restored now
 * and then.
 */
final class CrossLayerRetirementTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int SIZE = 8;
  private static final int SPARE_ROWS = 2;
  private static final int ITERATIONS = 1_500;

  /** Two crossbars one below the other; one that is filled but for three rows; two side by side. */
  private static final List<LayerShape> LAYERS =
      List.of(new LayerShape("a", 11, 2), new LayerShape("b", 5, 8), new LayerShape("c", 7, 12));

  private static Stream<Arguments> everyLeveller() {
    List<PolicyChoice> levellers =
        List.of(
            new PolicyChoice("none", Map.of()),
            new PolicyChoice("ars", Map.of("interval", 16L, "pairs", 3L)),
            new PolicyChoice("lru-swap", Map.of()),
            new PolicyChoice("threshold-swap", Map.of("lead", 4L)),
            new PolicyChoice("refresh", Map.of("interval", 64L)),
            new PolicyChoice("endurer", Map.of("interval", 64L)),
            new PolicyChoice("random-swap", Map.of("interval", 7L)),
            new PolicyChoice("out-of-place", Map.of("gap", 2L)),
            new PolicyChoice("paced", Map.of()),
            new PolicyChoice("start-gap", Map.of("psi", 7L)),
            new PolicyChoice("security-refresh", Map.of("interval", 5L)),
            new PolicyChoice("wear-rate", Map.of("lead", 2L)));
    return levellers.stream()
        .flatMap(leveller -> Stream.of(1L, 2L).map(seed -> Arguments.of(leveller, seed)));
  }

  private static Device device(long seed) {
    return POLICIES
        .require(PolicyFamily.DEVICE, "lognormal", DevicePolicy.class)
        .bind(
            new PolicyChoice(
                "lognormal",
                Map.of(
                    "median",
                    150.0,
                    "spread",
                    0.5,
                    "wornAs",
                    "low",
                    "mapping",
                    "differential-pair")))
        .create(seed);
  }

  /** One layer, from the controller's rows to the weights that its cells hold. */
  private static final class LayerRun {
    private final ScenarioPlan scenario;
    private final Device device;
    private final int layer;
    private final LayerShape shape;
    private final float[] expected;
    private RowArray rows;
    private LayerTiles tiles;
    private Leveller levels;
    private CrossbarArray crossbar;
    private ProgrammedWeights weights;
    private int arrivals;
    private boolean hasLost;
    private List<Integer> moved = List.of();
    private CrossbarArray.Failures arrived = CrossbarArray.Failures.NONE;

    LayerRun(ScenarioPlan scenario, Device device, int layer) {
      this.scenario = scenario;
      this.device = device;
      this.layer = layer;
      this.shape = LAYERS.get(layer);
      this.expected = new float[Math.toIntExact(shape.cells())];
      DeviceCells cells = new DeviceCells(device, layer, scenario.arrays(LAYERS));
      this.rows = RowArray.of(scenario.array(shape), Optional.of(cells));
      this.tiles = LayerTiles.of(scenario, LAYERS, layer, rows).orElseThrow();
      this.levels = LevellerStack.create(rows, scenario.levellers(), POLICIES, 1, shape.name());
      this.crossbar = new CrossbarArray(cells);
      this.weights =
          new ProgrammedWeights(shape, crossbar.physicalRows(), device.weightCells(), true);
    }

    /** A copy that goes on from the snapshot of this one. */
    LayerRun restored() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      rows.save(out);
      levels.save(out);
      tiles.save(out);
      crossbar.save(out);
      weights.save(out);
      LayerRun copy = new LayerRun(scenario, device, layer);
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      copy.rows.restore(in);
      copy.levels.restore(in);
      copy.tiles.restore(in);
      copy.crossbar.restore(in);
      copy.weights.restore(in);
      System.arraycopy(expected, 0, copy.expected, 0, expected.length);
      copy.arrivals = arrivals;
      copy.hasLost = hasLost;
      return copy;
    }

    /** The layer's crossbars, whose writes the controller counts as the crossbar-sim does. */
    List<TileState> tileStates() {
      List<TileState> states = tiles.tileStates();
      for (TileState tile : states) {
        int firstRow = crossbar.shape().firstRow(tile.tile());
        int firstColumn = tile.tile() % crossbar.shape().tileColumns() * SIZE;
        for (int i = 0; i < SIZE * tile.blocks(); i++) {
          int row = i / tile.blocks();
          int block = i % tile.blocks();
          int perRow = tile.wear().length / SIZE;
          assertThat(tile.wear()[row * perRow + tile.firstBlock() + block])
              .as("%s: writes of row %d in tile %d", shape.name(), row, tile.tile())
              .isEqualTo(
                  crossbar.cellWrites(
                      firstRow + row, firstColumn + block * tiles.columnsPerBlock()));
        }
      }
      return states;
    }

    void exchange(List<TileMove> moves, List<TileState> all) {
      List<LayerTiles.Arrival> found = tiles.apply(moves, all);
      if (found.isEmpty()) {
        return;
      }
      arrivals += found.size();
      crossbar.moveTiles(
          tiles.columnsPerBlock(),
          found.stream().mapToInt(LayerTiles.Arrival::tile).toArray(),
          found.stream().mapToInt(LayerTiles.Arrival::physicalTile).toArray(),
          found.stream().mapToInt(LayerTiles.Arrival::firstColumn).toArray(),
          found.stream().map(LayerTiles.Arrival::wearBefore).toList());
      moved = found.stream().map(LayerTiles.Arrival::tile).toList();
      arrived = crossbar.drainFailures();
    }

    void iterate(int iteration, SplittableRandom random) {
      // Low rows are hot.
      int row = Math.min(random.nextInt(shape.rows()), random.nextInt(shape.rows()));
      Selection selection =
          random.nextInt(16) == 0 ? new Selection.All() : new Selection.Rows(new int[] {row});
      RowArray.IterationWrites writes = rows.apply(selection, iteration, levels);
      CellWrites.write(crossbar, selection, writes);
      weights.moveTiles(crossbar.shape(), moved, arrived.failures());
      moved = List.of();
      RandomChanges.program(shape, weights, crossbar, selection, writes, expected, random);
      check(iteration);
    }

    private void check(int iteration) {
      assertThat(crossbar.logicalToPhysical()).isEqualTo(rows.logicalToPhysical());
      int free =
          (int) IntStream.range(0, rows.physicalRows()).filter(row -> rows.isFree(row)).count();
      for (int row = 0; row < shape.rows() && free > 0; row++) {
        assertThat(rows.isRetired(rows.physicalRow(row))).as("place of row %d", row).isFalse();
      }
      if (crossbar.lostWeights() > 0 && !hasLost) {
        assertThat(free).as("%s, iteration %d: free rows", shape.name(), iteration).isZero();
        hasLost = true;
      }
      for (int i = 0; i < expected.length && !hasLost; i++) {
        assertThat(weights.weight(i / shape.columns(), i % shape.columns()))
            .as("%s, iteration %d, weight %d", shape.name(), iteration, i)
            .isEqualTo(expected[i]);
      }
    }
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("everyLeveller")
  void exchange_crossbarsFail_noWeightIsWrongUntilNoRowIsLeft(PolicyChoice leveller, long seed)
      throws Exception {
    ScenarioPlan scenario =
        new ScenarioPlan(
            "s",
            0,
            List.of(
                leveller,
                new PolicyChoice(
                    "cross-layer",
                    Map.of("interval", 8L, "gap", 4L, "relativeGap", 0.0, "shareColumns", true)),
                new PolicyChoice("retire", Map.of("columnBlocks", 0L, "share", true))),
            SIZE,
            SPARE_ROWS,
            ScenarioPlan.LevellerFacts.NONE,
            Optional.empty());
    Device device = device(seed);
    List<LayerRun> layers = new ArrayList<>();
    for (int layer = 0; layer < LAYERS.size(); layer++) {
      layers.add(new LayerRun(scenario, device, layer));
    }
    TileExchange exchange = layers.get(0).tiles.exchange();
    SplittableRandom random = new SplittableRandom(seed);
    int[] failedWithoutLoss = new int[LAYERS.size()];

    for (int i = 0; i < ITERATIONS; i++) {
      if (exchange.isDueBefore(i)) {
        List<TileState> all = new ArrayList<>();
        layers.forEach(layer -> all.addAll(layer.tileStates()));
        List<TileMove> moves = exchange.decide(all, SIZE);
        layers.forEach(layer -> layer.exchange(moves, all));
      }
      for (LayerRun layer : layers) {
        layer.iterate(i, random);
        failedWithoutLoss[layer.layer] +=
            !layer.hasLost && layer.rows.workingRows() < layer.rows.physicalRows() ? 1 : 0;
      }
      if (random.nextInt(50) == 0) {
        int restored = random.nextInt(LAYERS.size());
        layers.set(restored, layers.get(restored).restored());
      }
    }

    assertThat(layers.stream().mapToInt(layer -> layer.arrivals).sum()).isGreaterThan(10);
    assertThat(Arrays.stream(failedWithoutLoss).sum()).isGreaterThan(50);
  }
}
