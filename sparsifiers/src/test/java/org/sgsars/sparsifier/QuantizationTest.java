package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Selection;

/** Weights of two bits in a range of 4: a step is 1. */
final class QuantizationTest {
  private static final Map<String, Object> STEPS = Map.of("quantize", 2L, "weightRange", 4.0);
  private static final Map<String, Object> SKIPPING =
      Map.of("quantize", 2L, "weightRange", 4.0, "skipUnchanged", true);

  private static Optional<WholeSteps> steps(Map<String, ?> settings) {
    return Selections.bound(new DenseSparsifier(), settings).steps();
  }

  @Test
  void rounded_halves_goToTheEvenStep() {
    WholeSteps steps = steps(STEPS).orElseThrow();

    assertThat(steps.rounded(0.5f)).isZero();
    assertThat(steps.rounded(1.5f)).isEqualTo(2);
    assertThat(steps.rounded(-2.5f)).isEqualTo(-2);
    assertThat(steps.rounded(0.6f)).isEqualTo(1);
  }

  @Test
  void of_onlyBits_takesARangeOfAHalf() {
    assertThat(steps(Map.of("quantize", 8L))).hasValue(new Quantization(0.5f / 256, false));
  }

  @Test
  void consume_quantized_leavesTheRemainderToWait() {
    LayerAccumulator accumulator = Selections.accumulator(new DenseSparsifier(), SKIPPING);

    // Column 0: 1.3 is written as 1, 0.3 waits; 0.4 waits. Column 1: -0.7 is written as -1.
    assertThat(Selections.select(accumulator, 0, 1.25f, 0.375f, 0, -0.75f, 0, 0))
        .isEqualTo(new Selection.Cells(new int[] {0, 0}, new int[] {0, 1}));
    // 0.25 + 0.25 is a half and rounds to 0; 0.375 + 0.25 is 0.625; the remainder 0.25 + 0.5.
    assertThat(Selections.select(accumulator, 1, 0.25f, 0.25f, 0, 0.5f, 0, 0))
        .isEqualTo(new Selection.Cells(new int[] {0, 1}, new int[] {1, 0}));
  }

  @Test
  void consume_withoutSkipping_writesTheWholeSelection() {
    LayerAccumulator accumulator =
        Selections.accumulator(
            new SgsSparsifier(),
            Map.of(
                "score",
                "max",
                "rows",
                1L,
                "byPosition",
                false,
                "smallRows",
                128L,
                "quantize",
                2L,
                "weightRange",
                4.0));

    assertThat(Selections.select(accumulator, 0, 0.25f, 0, 0, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {0}));
    // Nothing was big enough to change: the 0.25 is still there and grows.
    assertThat(Selections.select(accumulator, 1, 0.5f, 0.625f, 0, 0, 0, 0))
        .isEqualTo(new Selection.Rows(new int[] {0}));
  }

  @Test
  void problemWith_settingsWithoutBits_areRefused() {
    assertThat(Selections.bound(new DenseSparsifier(), Map.of("skipUnchanged", true)).problem())
        .hasValue("weightRange and skipUnchanged go with quantize");
    assertThat(Selections.bound(new DenseSparsifier(), SKIPPING).problem()).isEmpty();
  }
}
