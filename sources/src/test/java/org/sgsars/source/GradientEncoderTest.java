package org.sgsars.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.sgsars.model.GradientFormat;

final class GradientEncoderTest {
  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  @Test
  void encode_f32_copiesNothing() {
    ByteBuffer values = floats(1, 2);

    assertThat(new GradientEncoder(GradientFormat.F32).encode(values)).isSameAs(values);
  }

  @Test
  void encode_bf16_keepsTheUpperHalvesLittleEndian() {
    // 1 is 3f80 0000, -2 is c000 0000.
    assertThat(new GradientEncoder(GradientFormat.BF16).encode(floats(1, -2)))
        .isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3f, 0, (byte) 0xc0}));
  }

  @Test
  void encode_moreThanOneTurn_encodesAll() {
    float[] values = new float[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2048;
    }

    ByteBuffer encoded = new GradientEncoder(GradientFormat.F16).encode(floats(values));

    short[] halves = new short[values.length];
    encoded.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(halves);
    float[] back = new float[values.length];
    GradientFormat.F16.toFloats(halves, halves.length, back, 0);
    assertThat(back).isEqualTo(values);
  }

  @Test
  void encode_tooLargeForF16_namesValueFormatAndLimit() {
    assertThatThrownBy(() -> new GradientEncoder(GradientFormat.F16).encode(floats(1, 70_000)))
        .hasMessage(
            "value 70000.0 does not fit pipeline.wire: f16, whose largest is 65504.0; choose another, such as f32");
  }

  @Test
  void check_anyValues_refusesWhatEncodeDoes() {
    GradientEncoder encoder = new GradientEncoder(GradientFormat.F16);
    ByteBuffer large = floats(1, 70_000);

    assertThatThrownBy(() -> encoder.check(large))
        .hasMessageStartingWith("value 70000.0 does not fit pipeline.wire: f16");
    encoder.check(floats(65_519, Float.NaN, Float.POSITIVE_INFINITY));
    new GradientEncoder(GradientFormat.F32).check(large);
  }

  @Test
  void encode_notFinite_leavesItToTheReceiver() {
    assertThat(
            new GradientEncoder(GradientFormat.F16)
                .encode(floats(Float.NaN, Float.NEGATIVE_INFINITY)))
        .isEqualTo(ByteBuffer.wrap(new byte[] {0, 0x7e, 0, (byte) 0xfc}));
  }

  @Test
  void encode_roundsDownToTheLargest_fits() {
    assertThat(new GradientEncoder(GradientFormat.F16).encode(floats(65_519)))
        .isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xff, 0x7b}));
  }
}
