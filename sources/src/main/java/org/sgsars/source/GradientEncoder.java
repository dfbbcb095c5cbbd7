package org.sgsars.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.sgsars.model.GradientFormat;

/** Turns a chunk's float32 values into what goes over the wire. */
public final class GradientEncoder {
  private static final int AT_ONCE = 1 << 12;

  private final GradientFormat format;
  private final float[] values = new float[AT_ONCE];
  private final short[] halves = new short[AT_ONCE];

  public GradientEncoder(GradientFormat format) {
    this.format = format;
  }

  /** What goes over the wire. */
  public GradientFormat format() {
    return format;
  }

  /**
   * @param float32 little-endian, from its position to its limit, which stay
   * @return the same values in the wire's format; {@code float32} itself if that is f32
   * @throws IllegalArgumentException if a finite value is too large for the format, naming both.
   *     What is not finite stays so.
   */
  public ByteBuffer encode(ByteBuffer float32) {
    if (!format.rounds()) {
      return float32;
    }
    FloatBuffer from = float32.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    ByteBuffer encoded =
        ByteBuffer.allocate(from.remaining() * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ShortBuffer to = encoded.asShortBuffer();
    while (from.hasRemaining()) {
      int count = Math.min(AT_ONCE, from.remaining());
      from.get(values, 0, count);
      format.toHalves(values, count, halves);
      to.put(halves, 0, count);
      // NaN is not above either, which is as it should be.
      if (largest(count) > format.largest()) {
        requireFitting(count);
      }
    }
    return encoded;
  }

  /**
   * Whether {@link #encode} can take values, without encoding them.
   *
   * @param float32 as for {@link #encode}
   * @throws IllegalArgumentException as {@link #encode} does
   */
  public void check(ByteBuffer float32) {
    if (!format.rounds()) {
      return;
    }
    FloatBuffer from = float32.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (from.hasRemaining()) {
      int count = Math.min(AT_ONCE, from.remaining());
      from.get(values, 0, count);
      if (largest(count) > format.largest()) {
        format.toHalves(values, count, halves);
        requireFitting(count);
      }
    }
  }

  private float largest(int count) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private void requireFitting(int count) {
    float[] rounded = new float[count];
    format.toFloats(halves, count, rounded, 0);
    for (int i = 0; i < count; i++) {
      if (Float.isFinite(values[i]) && !Float.isFinite(rounded[i])) {
        throw new IllegalArgumentException(
            "value %s does not fit pipeline.wire: %s, whose largest is %s; choose another, such as f32"
                .formatted(values[i], format.key(), format.largest()));
      }
    }
  }
}
