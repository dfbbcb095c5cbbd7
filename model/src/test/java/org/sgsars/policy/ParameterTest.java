package org.sgsars.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParameterTest {
  private static Parameter number(Parameter.Type type, double least, double most) {
    return new Parameter(
        "x",
        type,
        Optional.empty(),
        false,
        new Parameter.Range(least, true, most, List.of()),
        "",
        "a number",
        "");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NaN})
  void parameter_numberWithoutAMost_isRefused(double most) {
    assertThatThrownBy(() -> number(Parameter.Type.NUMBER, 0, most))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Setting 'x' is a number from 0.0 to %s; give it a least and a most".formatted(most));
  }

  @Test
  void accept_wholeNumberWithAMost_isWithinBoth() {
    Parameter bits = number(Parameter.Type.WHOLE_NUMBER, 1, 32);

    assertThat(bits.allowed()).isEqualTo("a whole number from 1 to 32");
    assertThat(bits.accept(1L)).contains(1L);
    assertThat(bits.accept(32L)).contains(32L);
    assertThat(bits.accept(0L)).isEmpty();
    assertThat(bits.accept(33L)).isEmpty();
  }

  @Test
  void accept_numberThatIsNone_isRefused() {
    Parameter share = number(Parameter.Type.NUMBER, 0.5, 2);

    assertThat(share.accept(0.5)).contains(0.5);
    assertThat(share.accept(2L)).contains(2.0);
    assertThat(share.accept(Double.NaN)).isEmpty();
    assertThat(share.accept(Double.POSITIVE_INFINITY)).isEmpty();
    assertThat(share.accept(0.4)).isEmpty();
  }
}
