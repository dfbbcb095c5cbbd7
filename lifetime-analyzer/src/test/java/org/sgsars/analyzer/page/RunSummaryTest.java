package org.sgsars.analyzer.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.ConstantDevice;
import org.sgsars.analyzer.RetiringRun;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.core.WearPart;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;

/** What the page shows of lost weights; the golden files have those of a run that loses one. */
final class RunSummaryTest {
  private static List<JsonNode> losses(LifetimeReport report) {
    JsonNode scenario = RunSummary.of(report).at("/scenarios/1");
    return List.of(
        scenario.at("/device/firstLoss"),
        scenario.at("/layers/0/firstLoss"),
        LayerDetail.of(report, 0).at("/scenarios/1/firstLoss"));
  }

  @Test
  void of_projectedLoss_hasItsBand() {
    LifetimeReport report = TinyRun.losing(Optional.of(new FirstLoss(12_345, true, 9_876, 54_321)));

    assertThat(losses(report))
        .allSatisfy(
            loss ->
                assertThat(loss)
                    .hasToString(
                        "{\"iterations\":12345.0,\"projected\":true,\"low\":9876.0,\"high\":54321.0,"
                            + "\"bound\":null,\"efficiency\":null}"));
  }

  @Test
  void of_projectedLossWithoutBandBesideItsBound_hasNullForTheBand() {
    LifetimeReport report =
        TinyRun.losing(
            Optional.of(
                new FirstLoss(12_345, true, Double.NaN, Double.NaN, OptionalDouble.of(24_690))));

    assertThat(losses(report))
        .allSatisfy(
            loss ->
                assertThat(loss)
                    .hasToString(
                        "{\"iterations\":12345.0,\"projected\":true,\"low\":null,\"high\":null,"
                            + "\"bound\":24690.0,\"efficiency\":0.5}"));
  }

  @Test
  void of_unknownLoss_isNull() {
    assertThat(losses(TinyRun.losing(Optional.empty())))
        .allSatisfy(loss -> assertThat(loss.isNull()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/scenarios/0/device", "/scenarios/0/layers/0/firstLoss"})
  void of_noDevice_saysNothing(String path) {
    assertThat(RunSummary.of(TinyRun.complete()).at(path).isMissingNode()).isTrue();
  }

  @Test
  void of_failedRowsAreGivenUp_saysWhatThatCosts() {
    assertThat(RunSummary.of(RetiringRun.complete()).at("/scenarios/0/retirement"))
        .hasToString(
            "{\"verifyReads\":36,\"readPasses\":{\"atEnd\":2,\"mean\":1.6,\"most\":2},"
                + "\"retiredRows\":1,\"spareRows\":3,\"spareRowsUsed\":1}");
    assertThat(RunSummary.of(TinyRun.complete()).at("/scenarios/0").has("retirement")).isFalse();
  }

  /** Five rows of two columns in crossbars of four: eight rows high and two blocks wide. */
  @Test
  void of_layerInBlocksOfColumns_hasTheCrossbarsThatThereAre() {
    PolicyChoice retire = new PolicyChoice("retire", Map.of());
    RunPlan plan =
        new RunPlanBuilder("r", 9)
            .layers(new LayerShape("fc", 5, 2))
            .sparsifiers(new PolicyChoice("none", Map.of()))
            .scenarios(new ScenarioPlan("s", 0, List.of(retire), 4).on(ConstantDevice.of(7.0)))
            .build();
    RunWear wear = new RunWear(plan, Policies.onClassPath());
    int[] map = IntStream.range(0, 16).map(row -> (row + 8) % 16).toArray();
    long[] writes = {5, 0, 0, 1, 2, 0, 0, 0, /* The second block. */ 3, 0, 8, 0, 0, 0, 0, 4};
    wear.add(
        new WearPart(
            0,
            0,
            9,
            new WearPart.Place(0, 1, 0),
            new WearPart.RowCounts(writes, null, map, new int[0]),
            new WearPart.Totals(8, 46, 0, 0, 0, 0),
            WearPart.DeviceChanges.NONE,
            List.of()),
        1);

    LifetimeReport report = wear.report();

    assertThat(RunSummary.of(report).at("/scenarios/0/layers/0/crossbars")).hasToString("[8,4]");
    assertThat(LayerDetail.of(report, 0).at("/scenarios/0/columnBlocks").asInt()).isEqualTo(2);
  }
}
