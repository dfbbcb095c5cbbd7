package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AxisScaleTest {
  @Test
  void of_aDecade_isLogarithmic() {
    AxisScale scale = AxisScale.of(List.of(1.0, 100.0, 10.0), true);

    assertThat(scale.isLog()).isTrue();
    assertThat(scale.share(10)).isEqualTo(0.5);
    assertThat(scale.ticks()).containsExactly(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
  }

  @Test
  void of_manyDecades_hasPowersOfTen() {
    assertThat(AxisScale.of(List.of(2.0, 3e6), true).ticks())
        .containsExactly(10.0, 100.0, 1e3, 1e4, 1e5, 1e6);
  }

  @Test
  void of_lessThanADecade_isLinearFromZero() {
    AxisScale scale = AxisScale.of(List.of(20.0, 60.0), true);

    assertThat(scale).isEqualTo(new AxisScale(0, 60, false));
    assertThat(scale.share(30)).isEqualTo(0.5);
    assertThat(scale.ticks()).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0);
  }

  @Test
  void of_fractions_hasRoundSteps() {
    assertThat(AxisScale.of(List.of(0.0, 1.0), false).ticks())
        .containsExactly(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0);
  }

  @Test
  void of_oneValue_liesInTheMiddle() {
    assertThat(AxisScale.of(List.of(7.0), false).share(7)).isEqualTo(0.5);
  }
}
