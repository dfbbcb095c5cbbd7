package org.sgsars.analyzer.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;

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
                        "{\"iterations\":12345.0,\"projected\":true,\"low\":9876.0,\"high\":54321.0}"));
  }

  @Test
  void of_projectedLossWithoutBand_hasNullForIt() {
    LifetimeReport report =
        TinyRun.losing(Optional.of(new FirstLoss(12_345, true, Double.NaN, Double.NaN)));

    assertThat(losses(report))
        .allSatisfy(
            loss ->
                assertThat(loss)
                    .hasToString(
                        "{\"iterations\":12345.0,\"projected\":true,\"low\":null,\"high\":null}"));
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
}
