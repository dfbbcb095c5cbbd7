package org.sgsars.device.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Endurance;
import org.sgsars.device.fit.Measurement.Cells;

/** Fits, held to closed forms, to published counts, and to laws that data were drawn from. */
final class LawFitTest {
  /** Cells of a region that were looked at some times: how many had failed by then. */
  static List<Cells> region(long cells, double[] writes, long[] failed) {
    List<Cells> all = new ArrayList<>();
    double before = 0;
    long failedBefore = 0;
    for (int i = 0; i < writes.length; i++) {
      if (failed[i] > failedBefore) {
        all.add(new Cells(before, writes[i], failed[i] - failedBefore));
      }
      before = writes[i];
      failedBefore = failed[i];
    }
    if (cells > failedBefore) {
      all.add(Cells.notFailedBy(before, cells - failedBefore));
    }
    return all;
  }

  /** R. Radway et al., Nature Electronics 2021, doi 10.1038/s41928-020-00515-3: bits by region. */
  static Measurement radway(boolean withLstm) {
    List<Cells> all = new ArrayList<>();
    all.addAll(
        region(3456, new double[] {1.26e5, 5.4e5, 6.57e6, 6.57e7}, new long[] {0, 1, 6, 149}));
    all.addAll(region(1024, new double[] {7.05e5, 8.58e6, 8.58e7}, new long[] {0, 5, 57}));
    if (withLstm) {
      all.addAll(region(320, new double[] {3.9e6, 4.74e7, 4.74e8}, new long[] {0, 3, 30}));
    }
    return new Measurement(all);
  }

  /**
   * docs/DEVICES.md has this fit. SciPy's Nelder-Mead over the same likelihood gives the same
   * median 2.457393e9, spread 0.916093 and log-likelihood -881.503886.
   */
  @Test
  void lognormal_regionsD2nnAndSvhn_isThePresetsMedianAndSpread() {
    LawFit fit = LawFit.lognormal(radway(false));

    assertThat(fit.centre().value()).isCloseTo(2.457394e9, within(1e4));
    assertThat(fit.width().value()).isCloseTo(0.916093, within(1e-6));
    assertThat(fit.logLikelihood()).isCloseTo(-881.503886, within(1e-6));
    assertThat(fit.width().low().orElseThrow()).isCloseTo(0.784, within(5e-4));
    assertThat(fit.width().high().orElseThrow()).isCloseTo(1.072, within(5e-4));
    assertThat(fit.centre().low().orElseThrow()).isCloseTo(1.44e9, within(5e6));
    assertThat(fit.centre().high().orElseThrow()).isCloseTo(4.67e9, within(5e6));
  }

  /** SciPy: scale 8.06885e8, shape 1.252962, log-likelihood -881.011731: half a unit better. */
  @Test
  void weibull_regionsD2nnAndSvhn_isTheDefaultShapeAndFitsALittleBetter() {
    LawFit fit = LawFit.weibull(radway(false));

    assertThat(fit.centre().value()).isCloseTo(8.06885e8, within(1e4));
    assertThat(fit.width().value()).isCloseTo(1.252962, within(1e-6));
    assertThat(fit.logLikelihood()).isCloseTo(-881.011732, within(1e-6));
    assertThat(fit.width().low().orElseThrow()).isCloseTo(1.043, within(5e-4));
    assertThat(fit.width().high().orElseThrow()).isCloseTo(1.506, within(5e-4));
  }

  /** SciPy: median 5.64333e9, spread 1.095384. */
  @Test
  void lognormal_allThreeRegions_isMoreSpread() {
    LawFit fit = LawFit.lognormal(radway(true));

    assertThat(fit.centre().value()).isCloseTo(5.64333e9, within(1e5));
    assertThat(fit.width().value()).isCloseTo(1.095384, within(1e-6));
  }

  /** The best median beside a spread of 0.3 decades, 10^8.345 writes, is 115 units worse. */
  @Test
  void logLikelihood_spreadThatWasAssumed_isFarWorse() {
    double best = LawFit.lognormal(radway(false)).logLikelihood();
    double assumed = Double.NEGATIVE_INFINITY;
    for (int hundredths = 800; hundredths <= 900; hundredths++) {
      double median = Math.pow(10, hundredths / 100.0);
      assumed = Math.max(assumed, LawFit.logLikelihoodOfLognormal(radway(false), median, 0.3));
    }

    assertThat(best - assumed).isBetween(114.0, 116.0);
  }

  /**
   * Of cells that fail at known writes it is mean and standard deviation of the logarithm: 4 and 1
   * decades. The band of a mean is where n/2 ln(1 + d^2/s^2) is 1.92073: at d = sqrt(e^0.96036 - 1)
   * = 1.26990 decades, n being 4.
   */
  @Test
  void lognormal_exactCycles_isMeanAndDeviationOfTheLogarithm() {
    LawFit fit =
        LawFit.lognormal(new Measurement(List.of(Cells.failedAt(1e3, 2), Cells.failedAt(1e5, 2))));

    assertThat(fit.centre().value()).isCloseTo(1e4, within(1e-6));
    assertThat(fit.width().value()).isCloseTo(1, within(1e-10));
    assertThat(Math.log10(fit.centre().low().orElseThrow())).isCloseTo(4 - 1.2699, within(1e-4));
    assertThat(Math.log10(fit.centre().high().orElseThrow())).isCloseTo(4 + 1.2699, within(1e-4));
  }

  /** One look at each of two groups: the law that has just these shares; quartiles are 0.67449. */
  @Test
  void lognormal_oneLookAtEachOfTwoGroups_goesThroughBothShares() {
    List<Cells> all = new ArrayList<>(region(4, new double[] {1e4}, new long[] {1}));
    all.addAll(region(4, new double[] {1e6}, new long[] {3}));

    LawFit fit = LawFit.lognormal(new Measurement(all));

    assertThat(fit.centre().value()).isCloseTo(1e5, within(1e-4));
    assertThat(fit.width().value()).isCloseTo(1 / 0.6744897501960817, within(1e-9));
  }

  /**
   * (writes / scale)^shape is ln 4/3 for a quarter and ln 4 for three quarters: the shape is ln(ln
   * 4 / ln 4/3) / ln 100.
   */
  @Test
  void weibull_oneLookAtEachOfTwoGroups_goesThroughBothShares() {
    List<Cells> all = new ArrayList<>(region(4, new double[] {1e3}, new long[] {1}));
    all.addAll(region(4, new double[] {1e5}, new long[] {3}));

    LawFit fit = LawFit.weibull(new Measurement(all));

    double shape = Math.log(Math.log(4) / Math.log(4 / 3.0)) / Math.log(100);
    assertThat(fit.width().value()).isCloseTo(shape, within(1e-9));
    assertThat(fit.centre().value())
        .isCloseTo(1e5 / Math.pow(Math.log(4), 1 / shape), within(1e-4));
  }

  private static Measurement drawn(Endurance law, long seed, int cells, double[] observations) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Cells> all = new ArrayList<>();
    for (int cell = 0; cell < cells; cell++) {
      double endures = law.quantile((random.nextInt(1 << 30) + 0.5) / (1 << 30));
      double before = 0;
      double by = Double.POSITIVE_INFINITY;
      for (double look : observations) {
        if (endures <= look) {
          by = look;
          break;
        }
        before = look;
      }
      all.add(observations.length == 0 ? Cells.failedAt(endures, 1) : new Cells(before, by, 1));
    }
    return new Measurement(all);
  }

  private static final double[] EXACT = {};

  /** Looks at each third of a decade, the last when some 60 % have failed. */
  private static final double[] OBSERVATIONS = {1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1.3e6};

  /** Half a decade: 0.5 / sqrt(2 × 4000) = 0.006 if all is seen, twice that if 40 % are not. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void lognormal_drawnCells_findsTheLawAgain(long seed) {
    for (double[] observations : List.of(EXACT, OBSERVATIONS)) {
      LawFit fit = LawFit.lognormal(drawn(Endurance.lognormal(1e6, 0.5), seed, 4000, observations));

      assertThat(fit.width().value()).isCloseTo(0.5, within(0.05));
      assertThat(Math.log10(fit.centre().value())).isCloseTo(6, within(0.05));
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void weibull_drawnCells_findsTheLawAgain(long seed) {
    for (double[] observations : List.of(EXACT, OBSERVATIONS)) {
      LawFit fit = LawFit.weibull(drawn(Endurance.weibull(1e6, 1.3), seed, 4000, observations));

      assertThat(fit.width().value()).isCloseTo(1.3, within(0.15));
      assertThat(Math.log10(fit.centre().value())).isCloseTo(6, within(0.05));
    }
  }

  /** Of 100 bands of 95 % some 95 hold the truth; 5 standard deviations are 11. */
  @Test
  void lognormal_bandsOfManyDraws_holdTheTruthAsOftenAsTheySay() {
    int median = 0;
    int spread = 0;
    for (int seed = 0; seed < 100; seed++) {
      LawFit fit = LawFit.lognormal(drawn(Endurance.lognormal(1e6, 0.5), seed, 200, OBSERVATIONS));
      median += holds(fit.centre(), 1e6) ? 1 : 0;
      spread += holds(fit.width(), 0.5) ? 1 : 0;
    }

    assertThat(median).isBetween(84, 100);
    assertThat(spread).isBetween(84, 100);
  }

  private static boolean holds(Estimate estimate, double value) {
    return estimate.low().orElse(0) <= value
        && value <= estimate.high().orElse(Double.POSITIVE_INFINITY);
  }

  @Test
  void lognormal_sameCellsInAnotherOrderAndSplit_isTheSameToTheBit() {
    List<Cells> mixed =
        List.of(
            Cells.notFailedBy(1e5, 6),
            new Cells(1e3, 1e5, 1),
            new Cells(0, 1e3, 2),
            new Cells(1e3, 1e5, 2));
    List<Cells> together =
        List.of(new Cells(0, 1e3, 2), new Cells(1e3, 1e5, 3), Cells.notFailedBy(1e5, 6));

    assertThat(LawFit.lognormal(new Measurement(mixed)))
        .isEqualTo(LawFit.lognormal(new Measurement(together)));
  }

  /** Two of 32 cells failed: they may be spread over more decades than are looked at. */
  @Test
  void lognormal_fewCellsFailed_bandIsOpen() {
    LawFit fit =
        LawFit.lognormal(
            new Measurement(
                List.of(
                    new Cells(1e3, 1e4, 1), new Cells(1e4, 1e5, 1), Cells.notFailedBy(1e5, 30))));

    assertThat(fit.width().low()).isPresent();
    assertThat(fit.width().high()).isEmpty();
    assertThat(fit.centre().high().orElse(Double.POSITIVE_INFINITY)).isGreaterThan(1e15);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody failed | 0:1e5 | none of the 5 cells failed",
        "one look | 2:1e5 | the spread of the cells cannot be fitted",
        "all at the first look | 5:1e5 | the spread of the cells cannot be fitted",
        "all at once, seen again | 5:1e5, 5:1e6 | the spread of the cells cannot be fitted",
        "all between two looks | 0:1e4, 5:1e5 | the spread of the cells cannot be fitted",
      })
  void lognormal_cellsThatDoNotTell_isRefused(String name, String observations, String problem) {
    String[] all = observations.split(", ", -1);
    double[] writes = new double[all.length];
    long[] failed = new long[all.length];
    for (int i = 0; i < all.length; i++) {
      failed[i] = Long.parseLong(all[i].split(":", -1)[0]);
      writes[i] = Double.parseDouble(all[i].split(":", -1)[1]);
    }
    List<Cells> cells = new ArrayList<>(region(5, writes, failed));

    assertThatThrownBy(() -> LawFit.lognormal(new Measurement(cells)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void lognormal_allOfTwoGroupsFailedAtTheFirstLook_isRefused() {
    Measurement all = new Measurement(List.of(new Cells(0, 1e4, 3), new Cells(0, 1e5, 3)));

    assertThatThrownBy(() -> LawFit.lognormal(all))
        .hasMessage(
            "the cells' endurance cannot be fitted; give some that survived as many writes as others did not");
  }

  @Test
  void lognormal_fewerFailedAfterMoreWrites_isRefused() {
    List<Cells> all = new ArrayList<>(region(4, new double[] {1e3}, new long[] {3}));
    all.addAll(region(4, new double[] {1e5}, new long[] {1}));

    assertThatThrownBy(() -> LawFit.lognormal(new Measurement(all)))
        .hasMessageContaining("fewer failed after more writes");
  }
}
