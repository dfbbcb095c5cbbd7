package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;

/** The second scenario of the tiny run has a device; it trains 6 weights, of which one is lost. */
final class DeviceTableTest {
  private static List<String> row(LifetimeReport report, boolean withBands) {
    List<List<String>> rows = DeviceTable.rows(report, withBands);
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0)).hasSameSizeAs(DeviceTable.headers(report));
    return rows.get(0);
  }

  private static String firstLoss(Optional<FirstLoss> loss, boolean withBands) {
    return row(TinyRun.losing(loss), withBands).get(1);
  }

  @Test
  void headers_device_leadWithFirstLossBesideFirstFailure() {
    assertThat(DeviceTable.headers(TinyRun.complete()))
        .startsWith(
            "scenario", "first loss", "in days", "of its bound", "lost weights", "first failure");
  }

  @Test
  void rows_weightLostInTheRun_isCountedAndAShareOfAllWeights() {
    // 7 iterations of 864 s are 0.07 days; one of 3 x 2 weights is 16.7 %. Column 0 is written
    // once an iteration, and its 4 cells survive 28 writes.
    assertThat(row(TinyRun.complete(), true))
        .startsWith("cells", "7", "0.07000", "25.0 %", "16.7 %", "7");
  }

  @Test
  void rows_projectedLoss_saysSoWithItsBandWhereThereIsRoom() {
    Optional<FirstLoss> loss = Optional.of(new FirstLoss(12_345, true, 9_876, 2.5e6));

    assertThat(firstLoss(loss, true)).isEqualTo("~ 12,345 [9,876, 2.50e+06]");
    assertThat(firstLoss(loss, false)).isEqualTo("~ 12,345");
  }

  @Test
  void rows_projectedLossWithoutBand_hasNone() {
    Optional<FirstLoss> loss = Optional.of(new FirstLoss(12_345, true, Double.NaN, Double.NaN));

    assertThat(firstLoss(loss, true)).isEqualTo("~ 12,345");
  }

  @ParameterizedTest(name = "with bands: {0}")
  @ValueSource(booleans = {true, false})
  void rows_lossWithABound_sayHowNearItIsInAColumnOfItsOwn(boolean withBands) {
    FirstLoss loss = new FirstLoss(600, false, 600, 600, OptionalDouble.of(700));

    // 600 / 700.
    assertThat(row(TinyRun.losing(Optional.of(loss)), withBands))
        .startsWith("cells", "600", "6.000", "85.7 %", "16.7 %");
  }

  @Test
  void firstLoss_withABound_saysHowNearItIs() {
    assertThat(
            DeviceTable.firstLoss(
                new FirstLoss(12_345, true, 9_876, 54_321, OptionalDouble.of(24_690))))
        .isEqualTo("~ 12,345 [9,876, 54,321], 50.0 % of its bound");
  }

  @Test
  void rows_unknownLoss_isADash() {
    List<String> row = row(TinyRun.losing(Optional.empty()), true);

    assertThat(row).startsWith("cells", "-", "-", "-", "16.7 %", "7");
  }

  @Test
  void render_device_saysWhatFirstLossAndFirstFailureAre() {
    assertThat(LifetimeTable.render(TinyRun.complete(), List.of()))
        .contains(
            "first loss: iterations until a weight lies on a worn-out cell; ~ is projected past the end of the run.\n",
            "first failure: iterations until the first cell wears out. Cells differ, and the weakest decides.\n");
  }

  @Test
  void render_anyRun_isAtMost120CharactersWide() {
    LifetimeReport report = TinyRun.complete();

    assertThat(LifetimeTable.render(report, List.of()).lines())
        .allMatch(line -> line.length() <= 120);
    assertThat(LifetimeTable.renderWide(report, List.of()).lines())
        .anyMatch(line -> line.length() > 120);
  }

  @Test
  void renderWide_device_hasEveryColumn() {
    assertThat(LifetimeTable.renderWide(TinyRun.complete(), List.of()))
        .contains(
            "| weakest layer | extra writes | state bits/row |",
            "| failed cells | write time + levelling | energy + levelling |",
            "First loss: a weight lies on a worn-out cell for the first time; its bound: one does wherever writes go.");
  }
}
