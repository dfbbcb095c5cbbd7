package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.Growth.Unit;
import org.sgsars.device.DevicePolicy;
import org.sgsars.device.StandardNormal;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class ProjectionTest {
  private static Projection.Endurance law(String kind, Map<String, Object> others) {
    return new Projection.Endurance(
        Policies.onClassPath()
            .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
            .bind(new PolicyChoice(kind, others))
            .create(1));
  }

  private static final Projection.Endurance CONSTANT = law("constant", Map.of("writes", 1000.0));
  private static final Projection.Endurance LOGNORMAL =
      law("lognormal", Map.of("median", 1e6, "spread", 0.3));

  @Test
  void after_constantEndurance_isTheClosedForm() {
    // Two rows of ten cells: 100 writes and 2 an iteration, 400 writes and 1 an iteration.
    Projection projection =
        new Projection(
            List.of(
                new Projection.Part(List.of(new Unit(100, 2, 10), new Unit(400, 1, 10)), CONSTANT)),
            50);

    Projection.Band first = projection.after(1).orElseThrow();
    assertThat(first.median()).isCloseTo(50 + (1000 - 100) / 2.0, within(1e-3));
    assertThat(first.low()).isCloseTo(first.median(), within(1e-3));
    assertThat(first.high()).isCloseTo(first.median(), within(1e-3));
    assertThat(projection.after(10).orElseThrow().median()).isCloseTo(500, within(1e-3));
    assertThat(projection.after(11).orElseThrow().median()).isCloseTo(650, within(1e-3));
  }

  @Test
  void after_moreThanEverFail_isNever() {
    Projection projection =
        new Projection(
            List.of(
                new Projection.Part(List.of(new Unit(100, 2, 10), new Unit(400, 0, 10)), CONSTANT)),
            50);

    assertThat(projection.after(10)).isPresent();
    assertThat(projection.after(11)).isEmpty();
  }

  @ParameterizedTest(name = "{0} writes")
  @ValueSource(doubles = {1e5, 3e5, 1e6, 2.5e6})
  void failed_lognormal_isTheDistribution(double writes) {

    double share = LOGNORMAL.failed(writes);

    double deviations = Math.log10(writes / 1e6) / 0.3;
    assertThat(StandardNormal.quantile(share)).isCloseTo(deviations, within(1e-3));
  }

  /**
   * A tenth of many cells: when as many are expected. A million cells of one write an iteration:
   * the tenth of the distribution, whose band is 1.645 * sqrt(0.9 / 100,000) of the failures wide.
   */
  @Test
  void after_tenthOfManyCells_isTheQuantileOfTheDistribution() {
    Projection projection =
        new Projection(List.of(new Projection.Part(List.of(new Unit(0, 1, 1e6)), LOGNORMAL)), 0);

    Projection.Band band = projection.after(100_000).orElseThrow();

    double quantile = 1e6 * Math.pow(10, 0.3 * StandardNormal.quantile(0.1));
    assertThat(band.median()).isCloseTo(quantile, within(1e-3 * quantile));
    double low = 1e6 * Math.pow(10, 0.3 * StandardNormal.quantile(0.1 * (1 - 0.004935)));
    assertThat(band.low()).isCloseTo(low, within(1e-3 * low));
    assertThat(band.high()).isBetween(band.median(), 2 * band.median() - low + 500);
  }

  /**
   * The first of n cells fails when 1 - 2^(-1/n) of the distribution has, half of the time; the
   * hundred seeds scatter about that.
   */
  @ParameterizedTest(name = "{0} cells")
  @ValueSource(ints = {16, 1000, 1_000_000})
  void after_firstOfSomeCells_isAboutTheMedianOfTheLeast(int cells) {
    Projection projection =
        new Projection(List.of(new Projection.Part(List.of(new Unit(0, 1, cells)), LOGNORMAL)), 0);

    Projection.Band band = projection.after(1).orElseThrow();

    // The median of 100 draws lies between their 40th and 60th hundredth in 95 of 100 cases.
    assertThat(band.median())
        .isBetween(least(cells, 0.35), least(cells, 0.65))
        .isBetween(band.low(), band.high());
    assertThat(band.low()).isBetween(least(cells, 0.005), least(cells, 0.13));
    assertThat(band.high()).isBetween(least(cells, 0.87), least(cells, 0.999));
  }

  /** What the least of n cells is below in a share of all cases. */
  private static double least(int cells, double share) {
    return 1e6 * Math.pow(10, 0.3 * StandardNormal.quantile(1 - Math.pow(1 - share, 1.0 / cells)));
  }

  /** Ten cells that come to 1000 writes in iteration 500, beside three that are known to fail. */
  @Test
  void after_someAreKnown_theyCountWhenTheyFail() {
    Projection projection =
        new Projection(
            List.of(new Projection.Part(List.of(new Unit(100, 2, 10)), CONSTANT)),
            new double[] {120, 120, 700},
            50);

    assertThat(projection.after(1).orElseThrow().median()).isCloseTo(120, within(1e-3));
    assertThat(projection.after(2).orElseThrow().median()).isCloseTo(120, within(1e-3));
    assertThat(projection.after(3).orElseThrow().median()).isCloseTo(500, within(1e-3));
    assertThat(projection.after(12).orElseThrow().median()).isCloseTo(500, within(1e-3));
    assertThat(projection.after(13).orElseThrow().median()).isCloseTo(700, within(1e-3));
    assertThat(projection.after(14)).isEmpty();
  }

  /** What failed before the trace's end does not fail again. */
  @Test
  void after_someHaveFailed_onlyTheOthersCount() {
    Projection fresh =
        new Projection(List.of(new Projection.Part(List.of(new Unit(0, 1, 1e6)), LOGNORMAL)), 0);
    Projection worn =
        new Projection(
            List.of(new Projection.Part(List.of(new Unit(200_000, 1, 1e6)), LOGNORMAL)), 200_000);
    long failed = Math.round(1e6 * LOGNORMAL.failed(200_000));

    double later = worn.after(100_000 - failed).orElseThrow().median();

    assertThat(later).isCloseTo(fresh.after(100_000).orElseThrow().median(), within(0.001 * later));
  }
}
