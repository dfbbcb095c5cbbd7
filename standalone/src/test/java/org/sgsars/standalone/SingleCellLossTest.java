package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.crossbar.core.CrossbarArray;
import org.sgsars.device.DeviceCells;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;

/**
 * First losses where single cells are written: short runs project what long ones count. Six cells
 * an iteration, drawn by weights that differ from row to row and from cell to cell.
 */
final class SingleCellLossTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final int CELLS_PER_ITERATION = 6;
  private static final int SHORT = 4_000;
  private static final int LONG = 40_000;
  private static final PolicyChoice ONE_BLOCK =
      new PolicyChoice("retire", Map.of("columnBlocks", 1L));
  private static final PolicyChoice TWO_BLOCKS =
      new PolicyChoice("retire", Map.of("columnBlocks", 2L));
  private static List<ScenarioLifetime> projected = List.of();
  private static List<ScenarioLifetime> counted = List.of();
  private static List<String> noticesOfShort = List.of();

  @BeforeAll
  static void runBoth() {
    LifetimeReport ofShort = run(SHORT);
    projected = ofShort.scenarios();
    noticesOfShort = ofShort.notices();
    counted = run(LONG).scenarios();
  }

  private static ScenarioPlan scenario(String name, PolicyChoice... levellers) {
    return new ScenarioPlan(name, 0, List.of(levellers), 128)
        .on(new PolicyChoice("lognormal", Map.of("median", 300.0, "spread", 0.3)));
  }

  private static ScenarioPlan byEndurance(ScenarioPlan of) {
    return new ScenarioPlan(
        of.name(),
        of.sparsifier(),
        of.levellers(),
        of.crossbarSize(),
        of.spareRows(),
        new ScenarioPlan.LevellerFacts(OptionalDouble.empty(), true, List.of()),
        of.device(),
        of.exceptions());
  }

  private static LifetimeReport run(long iterations) {
    PolicyChoice ars = new PolicyChoice("ars", Map.of("interval", 128L));
    PolicyChoice wearRate = new PolicyChoice("wear-rate", Map.of());
    RunPlan plan =
        new RunPlanBuilder("r", iterations)
            .layers(new LayerShape("a", 100, 16), new LayerShape("c", 20, 8))
            .sparsifiers(new PolicyChoice("top-k", Map.of("ratio", 0.01)))
            .scenarios(
                scenario("none", new PolicyChoice("none", Map.of())),
                scenario("retire-one", ONE_BLOCK),
                scenario("retire", TWO_BLOCKS),
                scenario("ars-retire", ars, TWO_BLOCKS),
                byEndurance(scenario("rate-retire", wearRate, TWO_BLOCKS)))
            .reports(iterations / 100, false)
            .build();
    RunWear wear = new RunWear(plan, POLICIES);
    for (int scenario = 0; scenario < plan.scenarios().size(); scenario++) {
      for (int layer = 0; layer < plan.layers().size(); layer++) {
        run(plan, scenario, layer, wear);
      }
    }
    return wear.report();
  }

  private static void run(RunPlan plan, int scenario, int layer, RunWear wear) {
    ScenarioPlan of = plan.scenarios().get(scenario);
    LayerShape shape = plan.layers().get(layer);
    Optional<DeviceCells> cells = DeviceCells.of(plan, of, layer, POLICIES);
    RowArray rows = RowArray.of(of.array(shape), cells);
    Leveller leveller =
        LevellerStack.create(rows, of.levellers(), POLICIES, plan.seed(), shape.name());
    CrossbarArray crossbar = new CrossbarArray(cells.orElseThrow());
    ArrayWear arrayWear = new ArrayWear(crossbar);
    double[] weights = weightsUpTo(shape, new SplittableRandom(layer));
    SplittableRandom random = new SplittableRandom(100 + layer);
    for (long iteration = 0; iteration < plan.iterations(); iteration++) {
      Selection.Cells selection = selection(shape, weights, random);
      RowArray.IterationWrites writes = rows.apply(selection, iteration, leveller);
      CellWrites.write(crossbar, selection, writes);
      arrayWear.record(iteration);
      if ((iteration + 1) % plan.wearInterval() == 0) {
        wear.add(arrayWear.drain(scenario, layer, iteration + 1, List.of()), 1);
      }
    }
  }

  /** Of each cell the sum of the weights up to its own. */
  private static double[] weightsUpTo(LayerShape layer, SplittableRandom random) {
    double[] sums = new double[Math.toIntExact(layer.cells())];
    double sum = 0;
    for (int row = 0; row < layer.rows(); row++) {
      double ofRow = StrictMath.pow(4, random.nextDouble());
      for (int column = 0; column < layer.columns(); column++) {
        sum += ofRow * StrictMath.pow(10, random.nextDouble());
        sums[row * layer.columns() + column] = sum;
      }
    }
    return sums;
  }

  private static Selection.Cells selection(
      LayerShape layer, double[] weightsUpTo, SplittableRandom random) {
    TreeSet<Integer> chosen = new TreeSet<>();
    while (chosen.size() < CELLS_PER_ITERATION) {
      double at = random.nextDouble() * weightsUpTo[weightsUpTo.length - 1];
      int found = Arrays.binarySearch(weightsUpTo, at);
      chosen.add(found < 0 ? -found - 1 : found);
    }
    return new Selection.Cells(
        chosen.stream().mapToInt(cell -> cell / layer.columns()).toArray(),
        chosen.stream().mapToInt(cell -> cell % layer.columns()).toArray());
  }

  private static List<Optional<FirstLoss>> losses(List<ScenarioLifetime> of, String name) {
    return of.stream()
        .filter(scenario -> scenario.name().equals(name))
        .flatMap(scenario -> scenario.layers().stream())
        .map(LayerLifetime::onDevice)
        .map(device -> device.flatMap(DeviceLifetime::firstLoss))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"retire-one, 0.2", "retire, 0.2", "ars-retire, 0.25"})
  void firstLoss_projected_isWhatALongRunCounts(String scenario, double share) {
    List<Optional<FirstLoss>> ofShort = losses(projected, scenario);
    List<Optional<FirstLoss>> ofLong = losses(counted, scenario);

    assertThat(ofLong).hasSize(2);
    for (int layer = 0; layer < ofLong.size(); layer++) {
      FirstLoss count = ofLong.get(layer).orElseThrow();
      FirstLoss projection = ofShort.get(layer).orElseThrow();
      assertThat(count.projected()).as("%s of layer %d", count, layer).isFalse();
      assertThat(projection.projected()).isTrue();
      assertThat(projection.iterations() / count.iterations())
          .as("layer %d: projected %s, counted %s", layer, projection, count)
          .isCloseTo(1, within(share));
      assertThat(projection.bound().orElseThrow() / count.bound().orElseThrow())
          .isCloseTo(1, within(0.1));
    }
  }

  /** A leveller that goes by the weakest cell of a row does not know whether that is written. */
  @Test
  void firstLoss_levellerKnowsTheDevice_isCountedButNotProjected() {
    assertThat(losses(projected, "rate-retire")).containsOnly(Optional.empty());
    assertThat(noticesOfShort)
        .contains(
            "scenario rate-retire, layer a: its first loss is not projected: single cells are written, and a leveller goes by the weakest cell of a row, written or not");
    assertThat(losses(counted, "rate-retire"))
        .allSatisfy(loss -> assertThat(loss.orElseThrow().bound()).isPresent());
  }

  @Test
  void efficiency_counted_isAtMostOneAndGrowsWithRetirement() {
    double before = 0;
    for (String scenario : List.of("none", "retire-one")) {
      double efficiency = losses(counted, scenario).get(0).orElseThrow().efficiency().orElseThrow();
      assertThat(efficiency).as(scenario).isBetween(before, 1.0);
      before = efficiency;
    }
  }
}
