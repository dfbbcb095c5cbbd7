package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.DeviceLaw.FirstFailure;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class DeviceLawTest {
  private static DeviceLaw law(String kind, Map<String, Object> settings) {
    return new DeviceLaw(
        Policies.onClassPath()
            .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
            .bind(new PolicyChoice(kind, settings))
            .create(1));
  }

  /** Of Weibull's law the first of n cells fails as one cell of a scale n^(1/shape) less. */
  @Test
  void firstFailure_weibull_isTheLawOfTheWeakest() {
    FirstFailure first = law("weibull", Map.of("scale", 1e9, "shape", 2.0)).firstFailure(1_000_000);

    // 1e9 / (1e6)^(1/2) = 1e6, of which half of the arrays survive (ln 2)^(1/2) = 0.832555.
    assertThat(first.median()).isCloseTo(832_554.6, within(0.1));
    // (-ln 0.95)^(1/2) = 0.226480, (-ln 0.05)^(1/2) = 1.730818.
    assertThat(first.low()).isCloseTo(226_480.2, within(0.1));
    assertThat(first.high()).isCloseTo(1_730_818.4, within(0.1));
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void firstFailure_drawnArrays_halfOfThemAreBelowTheMedian(long seed) {
    DeviceLaw law = law("lognormal", Map.of("median", 1e6, "spread", 0.5));
    FirstFailure first = law.firstFailure(1000);
    SplittableRandom random = new SplittableRandom(seed);
    int below = 0;
    for (int array = 0; array < 400; array++) {
      double least = 1;
      for (int cell = 0; cell < 1000; cell++) {
        least = Math.min(least, random.nextDouble());
      }
      below += law.writes(Math.max(least, 1e-300)) < first.median() ? 1 : 0;
    }

    // Five standard deviations of 400 draws with a chance of a half: 50.
    assertThat(below).isBetween(150, 250);
  }

  @Test
  void shareFailed_lognormal_isTheInverseOfWrites() {
    DeviceLaw law = law("lognormal", Map.of("median", 1e6, "spread", 0.5));

    assertThat(law.shareFailed(1_000_000)).isCloseTo(0.5, within(1e-6));
    assertThat(law.shareFailed(Math.round(law.writes(1e-9)))).isCloseTo(1e-9, within(1e-11));
    assertThat(law.shareFailed(0)).isZero();
  }

  /** Of Weibull's law: log10 of ln(1/0.158655) over ln(1/0.841345), over 2 × shape = 0.5138. */
  @Test
  void spreadDecades_laws_isHalfOfWhatTwoThirdsOfTheCellsCover() {
    assertThat(law("rram-measured", Map.of()).spreadDecades().orElseThrow())
        .isCloseTo(0.92, within(1e-9));
    assertThat(law("weibull", Map.of("shape", 1.0)).spreadDecades().orElseThrow())
        .isCloseTo(0.513816, within(1e-6));
    assertThat(law("constant", Map.of()).spreadDecades().orElseThrow()).isZero();
    assertThat(law("constant", Map.of("writes", 0.0)).spreadDecades()).isEmpty();
    assertThat(law("measured", Map.of("law", "empirical", "steps", "0.25:1e3")).spreadDecades())
        .isEmpty();
  }
}
