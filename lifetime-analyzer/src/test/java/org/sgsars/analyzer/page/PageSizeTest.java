package org.sgsars.analyzer.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.analyzer.ConstantDevice;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

/** However large a network is, an update of the page is not. */
final class PageSizeTest {
  private static final int MEGABYTE = 1_000_000;
  private static final int ITERATIONS = 400_000;
  private static final int REPORTS = 500;
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final PolicyChoice DEVICE = ConstantDevice.of(1e9);

  private static RunPlan plan(int scenarios, int layers, int rows) {
    return new RunPlanBuilder("large", ITERATIONS)
        .origin(new RunPlan.Origin("large", 0, "noise", "", List.of()))
        .time(new RunPlan.IterationTime(OptionalLong.empty(), OptionalDouble.empty()))
        .layers(
            IntStream.range(0, layers)
                .mapToObj(layer -> new LayerShape("layer%d".formatted(layer), rows, 1))
                .toList())
        .sparsifiers(new PolicyChoice("sgs", Map.of("rows", 1L)))
        .scenarios(
            IntStream.range(0, scenarios)
                .mapToObj(
                    scenario ->
                        new ScenarioPlan("scenario" + scenario, 0, List.of(NONE), 128).on(DEVICE))
                .toList())
        .reports(5, true)
        .build();
  }

  private static int[] shuffled(int rows, Random random) {
    List<Integer> map = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(map, random);
    return map.stream().mapToInt(row -> row).toArray();
  }

  private static WearPart wear(int scenario, int layer, long iterations, int[] map, Random random) {
    int rows = map.length;
    long[] writes = random.longs(rows, iterations, 2 * iterations).toArray();
    return new WearPart(
        scenario,
        layer,
        iterations,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(writes, null, map, random.ints(rows, 0, 3).toArray()),
        new WearPart.Totals(2 * iterations, iterations, iterations, 0, 0, 0),
        new WearPart.DeviceChanges(
            new WearPart.Changes(new long[] {iterations - 1}, new long[] {iterations}),
            WearPart.Changes.NONE),
        List.of(new int[] {random.nextInt(rows / 2)}));
  }

  @ParameterizedTest(name = "{0} scenarios, {1} layers of {2} rows")
  @CsvSource({"1, 1, 25088", "10, 3, 4608", "16, 54, 512", "4, 2, 100000", "32, 1, 1024"})
  void update_ofLargeRun_isBelowAMegabyte(int scenarios, int layers, int rows) throws Exception {
    RunPlan plan = plan(scenarios, layers, rows);
    int physicalRows = plan.scenarios().get(0).physicalRows(plan.layers().get(0));
    Random random = new Random(7);
    int[] map = shuffled(physicalRows, random);
    RunWear wear = new RunWear(plan, Policies.onClassPath());
    // All numbers are as long as those of a long run; a few layers with a long past are enough.
    for (int scenario = 0; scenario < scenarios; scenario++) {
      for (int layer = 0; layer < layers; layer++) {
        for (int report = 0; report < (layer == 0 ? 70 : 2); report++) {
          long iterations = (long) ITERATIONS * (REPORTS / 2 + report) / REPORTS;
          wear.add(wear(scenario, layer, iterations, map, random), iterations);
        }
      }
    }
    LifetimeReport report = wear.report();

    byte[] detail = PageFolder.bytes(LayerDetail.of(report, 0));
    assertThat(detail.length).isLessThan(MEGABYTE);
    assertThat(PageFolder.bytes(RunSummary.of(report)).length).isLessThan(MEGABYTE);
    JsonNode shown = new ObjectMapper().readTree(detail).get("scenarios").get(0);
    long most = 0;
    for (JsonNode writes : shown.get("rowWrites")) {
      most = Math.max(most, writes.asLong());
    }
    long worn = 0;
    for (long writes : report.scenarios().get(0).layers().get(0).rowWrites()) {
      worn = Math.max(worn, writes);
    }
    assertThat(most).as("the most worn row is among those shown").isEqualTo(worn);
  }
}
