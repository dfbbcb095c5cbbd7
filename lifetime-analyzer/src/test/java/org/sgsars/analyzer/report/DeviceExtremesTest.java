package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.device.BoundDevice;
import org.sgsars.device.CellSettings;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/** Whatever a device is set to within its limits, every number of the report is one. */
final class DeviceExtremesTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final long ITERATIONS = 1_000_000_000_000L;
  private static final int SETTINGS_PER_KIND = 25;
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final PolicyChoice CROSS_LAYER =
      new PolicyChoice("cross-layer", Map.of("shareColumns", true));

  static Stream<String> kinds() {
    return POLICIES.kinds(PolicyFamily.DEVICE).stream();
  }

  @ParameterizedTest(name = "{0}, seed 7")
  @MethodSource("kinds")
  void write_anyDevice_holdsFiniteNumbersOnly(String kind) throws Exception {
    DevicePolicy<?> policy = POLICIES.require(PolicyFamily.DEVICE, kind, DevicePolicy.class);
    SplittableRandom random = new SplittableRandom(7 + kind.hashCode());
    for (int i = 0; i < SETTINGS_PER_KIND; i++) {
      BoundDevice<?> device = settings(policy, random);
      while (device.problem().isPresent()) {
        device = settings(policy, random);
      }
      RunPlan plan = plan(device.choice(), random);
      long cells = 8L * device.create(1).cellsPerWeight();
      CellSettings.Failures failures = device.settings().cells().failures();
      boolean allStuck = failures.stuckLow() + failures.stuckHigh() == 1;
      LifetimeReport report = report(plan, allStuck ? cells : 0, random);
      String text = written(report);

      assertThat(text.contains("NaN") || text.contains("Infinity") || text.contains("∞"))
          .as("%s: %s", device.choice(), text)
          .isFalse();
    }
  }

  /** All forms but Parquet, which holds what the CSV files do, and HTML, which holds JSON. */
  private static String written(LifetimeReport report) throws Exception {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    JsonReport.write(report, json);
    StringWriter all = new StringWriter();
    all.write(LifetimeTable.render(report, report.notices()));
    all.write(json.toString(StandardCharsets.UTF_8));
    for (Table table : ReportTables.ALL) {
      CsvFile.write(table, report, all);
    }
    all.write(SchemeChart.file(report));
    return all.toString();
  }

  /** Of every number the least, the most, one between, or what is so if it is left out. */
  private static BoundDevice<?> settings(DevicePolicy<?> policy, SplittableRandom random) {
    Map<String, Object> given = new TreeMap<>();
    for (Parameter parameter : SettingsType.of(policy).parameters()) {
      List<Object> values = new ArrayList<>();
      if (parameter.type() == Parameter.Type.CHOICE) {
        values.addAll(parameter.range().choices());
      } else if (parameter.type() == Parameter.Type.TEXT) {
        values.addAll(List.of("0.5:1e3", "1e-12:0:1 1e-3:1 1:1e15:1e18"));
      } else if (parameter.type().isNumber()) {
        double least = parameter.range().least();
        double most = parameter.range().most();
        for (double value :
            new double[] {least, most, least + random.nextDouble() * (most - least)}) {
          values.add(
              parameter.type() == Parameter.Type.WHOLE_NUMBER
                  ? (Object) Math.round(value)
                  : (Object) value);
        }
      }
      int choice = random.nextInt(values.size() + 1);
      if (choice < values.size()) {
        given.put(parameter.name(), parameter.accept(values.get(choice)).orElseThrow());
      }
    }
    if (!"bit-slices".equals(given.get("mapping"))) {
      given.remove("weightBits");
      given.remove("cellBits");
    }
    if (policy.kind().equals("measured")) {
      keepOneLaw(given);
    }
    return policy.bind(new PolicyChoice(policy.kind(), given));
  }

  /** A report says of a measured device what its law has, and nothing of the others. */
  private static void keepOneLaw(Map<String, Object> given) {
    Object law = given.getOrDefault("law", "lognormal");
    Map<String, String> names =
        Map.of(
            "lognormal", "(median|spread).*",
            "weibull", "(scale|shape).*",
            "empirical", "steps");
    names.forEach(
        (other, pattern) -> {
          if (!other.equals(law)) {
            given.keySet().removeIf(name -> name.matches(pattern));
          }
        });
  }

  private static RunPlan plan(PolicyChoice device, SplittableRandom random) {
    boolean exchanges = random.nextInt(4) == 0;
    ScenarioPlan scenario =
        new ScenarioPlan(
                "s",
                0,
                List.of(exchanges ? CROSS_LAYER : NONE),
                4,
                0,
                new ScenarioPlan.LevellerFacts(
                    OptionalDouble.of(1), !exchanges && random.nextInt(3) == 0, List.of()),
                Optional.empty())
            .on(device);
    return new RunPlanBuilder("r", ITERATIONS)
        .time(
            new RunPlan.IterationTime(
                OptionalLong.of(random.nextBoolean() ? 1 : ITERATIONS),
                OptionalDouble.of(random.nextBoolean() ? 1e-12 : 1e9)))
        .layers(new LayerShape("fc", 3, 2))
        .sparsifiers(NONE)
        .scenarios(scenario)
        .reports(5, false)
        .build();
  }

  private static LifetimeReport report(RunPlan plan, long stuck, SplittableRandom random) {
    RunWear wear = new RunWear(plan, POLICIES);
    long scale = random.nextBoolean() ? 1 : ITERATIONS / 8;
    for (long iterations : new long[] {ITERATIONS / 2, ITERATIONS}) {
      long most = iterations == ITERATIONS ? 4 * scale : 1;
      wear.add(
          new WearPart(
              0,
              0,
              iterations,
              new WearPart.Place(0, 1, 0),
              new WearPart.RowCounts(
                  new long[] {most, 1, 0, 0}, null, new int[] {0, 1, 2, 3}, new int[0]),
              new WearPart.Totals(most, 2 * most, 2, most, 1, stuck),
              WearPart.DeviceChanges.NONE,
              List.of()),
          1);
    }
    return wear.report();
  }
}
