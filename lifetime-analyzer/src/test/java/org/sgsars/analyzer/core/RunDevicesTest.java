package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.sgsars.device.CellSettings;
import org.sgsars.device.Device;
import org.sgsars.device.DevicePolicy;
import org.sgsars.device.DeviceSettings;
import org.sgsars.device.Endurance;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

/** What is worked out of a device once, counted by how often its law is asked. */
final class RunDevicesTest {
  private static final LayerShape LAYER = new LayerShape("fc", 7, 3);
  private static final ArrayShape EIGHT_ROWS = new ArrayShape(LAYER, 4, 0);
  private static final ArrayShape TEN_ROWS = new ArrayShape(LAYER, 4, 2);

  /** A law that counts. */
  private static final class Counting implements DevicePolicy<Counting.Settings> {
    /** Nothing of its own. */
    record Settings(CellSettings cells) implements DeviceSettings {}

    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public String kind() {
      return "counting";
    }

    @Override
    public String summary() {
      return "Counts.";
    }

    @Override
    public String source() {
      return "none";
    }

    @Override
    public Class<Settings> settingsType() {
      return Settings.class;
    }

    @Override
    public Endurance endurance(Settings settings) {
      return share -> {
        asked.incrementAndGet();
        return 1e6 * share;
      };
    }
  }

  private final Counting law = new Counting();

  private static ScenarioPlan scenario(String name, Map<String, Object> settings) {
    return new ScenarioPlan(name, 0, List.of(new PolicyChoice("none", Map.of())), 4)
        .on(new PolicyChoice("counting", settings));
  }

  private RunDevices devices(ScenarioPlan... scenarios) {
    RunPlan plan =
        new RunPlanBuilder("r", 10)
            .layers(LAYER)
            .sparsifiers(new PolicyChoice("none", Map.of()))
            .scenarios(scenarios)
            .build();
    return new RunDevices(plan, new Policies(List.of(law)));
  }

  private static long[] drawn(Device device, int rows) {
    return IntStream.range(0, rows)
        .mapToLong(row -> device.weakest(Device.row(device.layer("fc"), row), 0, 3))
        .toArray();
  }

  @Test
  void of_scenariosWithOneDevice_isOneAndAnotherOfAnotherSeed() {
    ScenarioPlan a = scenario("a", Map.of());
    ScenarioPlan b = scenario("b", Map.of());
    ScenarioPlan c = scenario("c", Map.of("seed", 5L));
    RunDevices devices = devices(a, b, c);

    assertThat(devices.of(b)).isSameAs(devices.of(a));
    assertThat(drawn(devices.of(c), 8)).isNotEqualTo(drawn(devices.of(a), 8));
    assertThat(devices.endurance(devices.of(b))).isSameAs(devices.endurance(devices.of(a)));
  }

  /** A law is asked once for each row: for 8, for the 2 more, and never again. */
  @Test
  void weakestOfRows_arraysOfSeveralLengths_areDrawnOnceAndAsIfAlone() {
    ScenarioPlan a = scenario("a", Map.of());
    RunDevices devices = devices(a);
    Device device = devices.of(a);
    long[] eight = drawn(device, 8);
    long[] ten = drawn(device, 10);
    law.asked.set(0);

    assertThat(devices.weakestOfRows(device, EIGHT_ROWS)).isEqualTo(eight);
    assertThat(devices.weakestOfRows(device, TEN_ROWS)).isEqualTo(ten);
    assertThat(devices.weakestOfRows(device, EIGHT_ROWS)).isEqualTo(eight);

    assertThat(law.asked).hasValue(10);
  }

  /** One for each of 8 x 3 cells, and of 10 x 3, as a longer array has other sums. */
  @Test
  void weakestOfColumns_arraysOfSeveralLengths_areSummedOnceEach() {
    ScenarioPlan a = scenario("a", Map.of());
    RunDevices devices = devices(a);
    Device device = devices.of(a);
    double[] eight =
        IntStream.range(0, 3)
            .mapToDouble(
                column ->
                    IntStream.range(0, 8)
                        .mapToLong(
                            row -> device.weakest(Device.row(device.layer("fc"), row), column, 1))
                        .sum())
            .toArray();
    law.asked.set(0);

    for (int again = 0; again < 2; again++) {
      assertThat(devices.weakestOfColumns(device, EIGHT_ROWS)).isEqualTo(eight);
      assertThat(devices.weakestOfColumns(device, TEN_ROWS)).hasSize(3).isNotEqualTo(eight);
    }

    assertThat(law.asked).hasValue(8 * 3 + 10 * 3);
  }

  /** With what the law in steps and the projections ask, which are of the wear. */
  @Test
  void report_moreScenariosOfOneDevice_doNotDrawItsCellsAnew() {
    ScenarioPlan a = scenario("a", Map.of());
    RunWear one = wear(10, a);
    one.report();
    int ofOne = law.asked.getAndSet(0);

    RunWear two = wear(10, a, scenario("b", Map.of()));
    two.report();

    int table = 7201;
    int rows = 8;
    assertThat(law.asked.get()).isEqualTo(2 * ofOne - table - rows);
  }

  /** Of eight rows, after 10 iterations; what they were written is all that differs. */
  private static RunDevices.FirstLossOf lossOf(Device device, boolean byEndurance, long... writes) {
    int[] places = IntStream.range(0, 8).toArray();
    CellLossProjection.Sample half =
        new CellLossProjection.Sample(
            new LossProjection.Sample(5, new long[8], places, new int[8]), null);
    CellLossProjection.Sample last =
        new CellLossProjection.Sample(
            new LossProjection.Sample(10, writes, places, new int[8]), new long[][] {{1, 2, 3}});
    return new RunDevices.FirstLossOf(device, EIGHT_ROWS, byEndurance, half, last);
  }

  @Test
  void firstLoss_layerWornAlikeInTheNextScenario_isWorkedOutOnce() {
    RunDevices devices = devices(scenario("a", Map.of()));
    Device device = devices.of(scenario("a", Map.of()));
    List<String> workedOut = new ArrayList<>();

    for (RunDevices.FirstLossOf of :
        List.of(
            lossOf(device, false, 1, 2, 3, 4, 5, 6, 7, 8),
            lossOf(device, false, 1, 2, 3, 4, 5, 6, 7, 8),
            lossOf(device, true, 1, 2, 3, 4, 5, 6, 7, 8),
            lossOf(device, true, 1, 2, 3, 4, 5, 6, 7, 9),
            lossOf(device, true, 1, 2, 3, 4, 5, 6, 7, 9))) {
      String name = of.levelsByEndurance() + " " + of.last().rows().writes()[7];
      double[] times =
          devices.firstLoss(
              of,
              () -> {
                workedOut.add(name);
                return new double[] {of.last().rows().writes()[7]};
              });

      assertThat(times).containsExactly(of.last().rows().writes()[7]);
    }

    assertThat(workedOut).containsExactly("false 8", "true 8", "true 9");
  }

  /** A scenario that gives up failed rows has the first loss that it has alone. */
  @Test
  void report_scenariosWornAlike_haveTheLossesThatTheyHaveAlone() {
    ScenarioPlan a = scenario("none", Map.of());
    assertThat(firstLosses(retiring("a"), a, retiring("b")))
        .containsExactly(
            firstLosses(retiring("a")).get(0),
            firstLosses(a).get(0),
            firstLosses(retiring("b")).get(0));
  }

  /** Judged from its start on, as a run of that length with one report. */
  @Test
  void report_stoppedBeforeItsHalf_isProjectedFromAllThatWasDone() {
    for (ScenarioPlan scenario : List.of(scenario("none", Map.of()), retiring("retire"))) {
      LifetimeReport whole = wear(10, scenario).report();
      LifetimeReport stopped = wear(25, scenario).report();

      assertThat(stopped.complete()).isFalse();
      assertThat(lifetime(stopped)).isEqualTo(lifetime(whole));
      assertThat(lifetime(stopped).firstLoss()).isPresent();
      assertThat(lifetime(stopped).failures().get(0).iterations()).isPresent();
    }
  }

  private static LifetimeReport.DeviceLifetime lifetime(LifetimeReport report) {
    return report.scenarios().get(0).onDevice().orElseThrow();
  }

  private static ScenarioPlan retiring(String name) {
    return new ScenarioPlan(name, 0, List.of(new PolicyChoice("retire", Map.of())), 4)
        .on(new PolicyChoice("counting", Map.of()));
  }

  private List<Optional<LifetimeReport.FirstLoss>> firstLosses(ScenarioPlan... scenarios) {
    return wear(10, scenarios).report().scenarios().stream()
        .map(scenario -> scenario.onDevice().orElseThrow().firstLoss())
        .toList();
  }

  /**
   * After ten iterations.
   *
   * @param planned iterations
   */
  private RunWear wear(int planned, ScenarioPlan... scenarios) {
    RunPlan plan =
        new RunPlanBuilder("r", planned)
            .layers(LAYER)
            .sparsifiers(new PolicyChoice("none", Map.of()))
            .scenarios(scenarios)
            .build();
    RunWear wear = new RunWear(plan, new Policies(List.of(law)));
    for (int i = 0; i < scenarios.length; i++) {
      wear.add(
          new WearPart(
              i,
              0,
              10,
              new WearPart.Place(0, 1, 0),
              new WearPart.RowCounts(
                  LongStream.range(1, 9).toArray(),
                  null,
                  IntStream.range(0, 8).toArray(),
                  new int[0]),
              new WearPart.Totals(8, 36, 0, 0, 0, 0),
              WearPart.DeviceChanges.NONE,
              List.of()),
          1);
    }
    return wear;
  }
}
