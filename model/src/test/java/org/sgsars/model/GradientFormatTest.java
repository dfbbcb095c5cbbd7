package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class GradientFormatTest {
  private static int half(GradientFormat format, float value) {
    short[] halves = new short[1];
    format.toHalves(new float[] {value}, 1, halves);
    return halves[0] & 0xffff;
  }

  private static float value(GradientFormat format, int half) {
    float[] values = new float[1];
    format.toFloats(new short[] {(short) half}, 1, values, 0);
    return values[0];
  }

  /** What NumPy's float16 makes of the same values. */
  @ParameterizedTest
  @CsvSource({
    "0.33333334, 3555",
    "-0.33333334, b555",
    "0, 0000",
    "-0, 8000",
    "65504, 7bff",
    "65519.99, 7bff",
    "65520, 7c00",
    "-1e30, fc00",
    "1.00048828125, 3c00",
    "1.00146484375, 3c02",
    "6.1035156e-5, 0400",
    "6.1e-5, 03ff",
    "1e-7, 0002",
    "5.9604645e-8, 0001",
    "2.9802322e-8, 0000",
    "2.9802326e-8, 0001",
    "Infinity, 7c00",
    "NaN, 7e00"
  })
  void toHalves_f16_roundsToTheNearestAndToEven(float value, String half) {
    assertThat(half(GradientFormat.F16, value)).isEqualTo(Integer.parseInt(half, 16));
  }

  /** By hand: the upper half of float32, one more if the lower is above its middle. */
  @ParameterizedTest
  @CsvSource({
    "0.33333334, 3eab",
    "-0.33333334, beab",
    "0, 0000",
    "-0, 8000",
    "1.00390625, 3f80",
    "1.01171875, 3f82",
    "3.3895314e38, 7f7f",
    "3.4e38, 7f80",
    "Infinity, 7f80",
    "NaN, 7fc0"
  })
  void toHalves_bf16_roundsToTheNearestAndToEven(float value, String half) {
    assertThat(half(GradientFormat.BF16, value)).isEqualTo(Integer.parseInt(half, 16));
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void toHalves_everyHalf_comesBack(GradientFormat format) {
    for (int half = 0; half < 1 << 16; half++) {
      float value = value(format, half);
      if (!Float.isNaN(value)) {
        assertThat(half(format, value)).isEqualTo(half);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void toHalves_anyValue_noNeighbourIsNearer(GradientFormat format) {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) Math.scalb(random.nextDouble(1, 2), random.nextInt(-30, 15));
      int half = half(format, value);
      double error = Math.abs(value(format, half) - (double) value);
      assertThat(error).isLessThanOrEqualTo(Math.abs(value(format, half + 1) - (double) value));
      assertThat(error)
          .isLessThanOrEqualTo(Math.abs(value(format, Math.max(0, half - 1)) - (double) value));
    }
  }

  @Test
  void largest_isTheLastBeforeInfinity() {
    assertThat(GradientFormat.F16.largest()).isEqualTo(value(GradientFormat.F16, 0x7bff));
    assertThat(GradientFormat.BF16.largest()).isEqualTo(value(GradientFormat.BF16, 0x7f7f));
    assertThat(GradientFormat.F32.largest()).isEqualTo(Float.MAX_VALUE);
  }

  @Test
  void toFloats_f32_isRefused() {
    assertThatThrownBy(() -> value(GradientFormat.F32, 0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> half(GradientFormat.F32, 0))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
