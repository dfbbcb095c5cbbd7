package org.sgsars.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParameterTest {
  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NaN})
  void parameter_numberWithoutAMost_isRefused(double most) {
    assertThatThrownBy(() -> Parameter.numberFrom("x", 1, 0, most, "", "a number"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Setting 'x' is a number from 0.0 to %s; give it a least and a most".formatted(most));
  }

  @Test
  void accept_wholeNumberWithAMost_isWithinBoth() {
    Parameter bits = Parameter.wholeNumber("bits", 8, 1, 32, "bits", "how many");

    assertThat(bits.allowed()).isEqualTo("a whole number from 1 to 32");
    assertThat(bits.accept(1L)).contains(1L);
    assertThat(bits.accept(32L)).contains(32L);
    assertThat(bits.accept(0L)).isEmpty();
    assertThat(bits.accept(33L)).isEmpty();
  }

  @Test
  void accept_numberThatIsNone_isRefused() {
    Parameter share = Parameter.optionalNumberFrom("x", 0.5, 2, "", "a number");

    assertThat(share.accept(0.5)).contains(0.5);
    assertThat(share.accept(2L)).contains(2.0);
    assertThat(share.accept(Double.NaN)).isEmpty();
    assertThat(share.accept(Double.POSITIVE_INFINITY)).isEmpty();
    assertThat(share.accept(0.4)).isEmpty();
  }
}
