package org.sgsars.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a gradient's values are on the wire, little-endian: float32, or rounded to one of two 16 bit
 * formats. bfloat16 is float32's upper half: its range, and 8 significant bits. binary16 (IEEE 754)
 * has 11 significant bits from 6.1e-5 to 65504, and steps of 6.0e-8 below.
 */
public enum GradientFormat {
  F32("f32", Float.BYTES, Float.MAX_VALUE),
  BF16("bf16", Short.BYTES, 0x1.fep127f),
  F16("f16", Short.BYTES, 0x1.ffcp15f);

  private static final int INFINITE = 0x7f80_0000;

  /** 2^-24, the least binary16, times 2^23: next to it float32 has steps of the least binary16. */
  private static final float SUBNORMAL_STEPS = 0.5f;

  /** The least normal binary16, 2^-14. */
  private static final int LEAST_NORMAL = 113 << 23;

  /** From here on values round to infinity. */
  private static final int TOO_LARGE = 0x477f_f000;

  /** Every binary16 there is. */
  private static final class Binary16 {
    static final float[] VALUES = values();

    private static float[] values() {
      float[] values = new float[1 << 16];
      for (int half = 0; half < values.length; half++) {
        int magnitude = half & 0x7fff;
        int exponent = magnitude >> 10;
        int fraction = magnitude & 0x3ff;
        float value;
        if (exponent == 0x1f) {
          value = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else if (exponent == 0) {
          value = fraction * 0x1p-24f;
        } else {
          value = Math.scalb(1024f + fraction, exponent - 25);
        }
        values[half] = half == magnitude ? value : -value;
      }
      return values;
    }
  }

  private final String key;
  private final int bytes;
  private final float largest;

  GradientFormat(String key, int bytes, float largest) {
    this.key = key;
    this.bytes = bytes;
    this.largest = largest;
  }

  /** The format of a name in an experiment file. */
  public static Optional<GradientFormat> of(String key) {
    return Arrays.stream(values()).filter(format -> format.key.equals(key)).findFirst();
  }

  /** All names. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(GradientFormat::key).toList();
  }

  /** Its name in an experiment file. */
  public String key() {
    return key;
  }

  /** Bytes of one value. */
  public int bytes() {
    return bytes;
  }

  /** The largest finite value. */
  public float largest() {
    return largest;
  }

  /** Whether values lose bits on the wire. */
  public boolean rounds() {
    return bytes < Float.BYTES;
  }

  /**
   * Values of a 16 bit format as float32, which holds them exactly.
   *
   * @param count how many, the first of {@code halves}
   * @param at where in {@code to} the first of them goes
   */
  public void toFloats(short[] halves, int count, float[] to, int at) {
    switch (this) {
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = Float.intBitsToFloat(halves[i] << Short.SIZE);
        }
      }
      case F16 -> {
        float[] values = Binary16.VALUES;
        for (int i = 0; i < count; i++) {
          to[at + i] = values[halves[i] & 0xffff];
        }
      }
      case F32 -> throw new UnsupportedOperationException("f32 has 32 bits");
    }
  }

  /**
   * The nearest values in a 16 bit format, the even one of two. What is too large becomes infinite.
   *
   * @param count how many, the first of {@code values}
   */
  public void toHalves(float[] values, int count, short[] to) {
    switch (this) {
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[i] = toBfloat16(values[i]);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to[i] = toBinary16(values[i]);
        }
      }
      case F32 -> throw new UnsupportedOperationException("f32 has 32 bits");
    }
  }

  private static short toBfloat16(float value) {
    // One canonical NaN, whose fraction rounding does not clear.
    int bits = Float.floatToIntBits(value);
    int odd = (bits >>> Short.SIZE) & 1;
    return (short) ((bits + 0x7fff + odd) >>> Short.SIZE);
  }

  private static short toBinary16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & 0x7fff_ffff;
    int half;
    if (magnitude >= TOO_LARGE) {
      half = magnitude > INFINITE ? 0x7e00 : 0x7c00;
    } else if (magnitude < LEAST_NORMAL) {
      // The sum is rounded to the steps that binary16 has here.
      float sum = Float.intBitsToFloat(magnitude) + SUBNORMAL_STEPS;
      half = Float.floatToRawIntBits(sum) - Float.floatToRawIntBits(SUBNORMAL_STEPS);
    } else {
      int odd = (magnitude >>> 13) & 1;
      half = (magnitude - (112 << 23) + 0xfff + odd) >>> 13;
    }
    return (short) (((bits >>> 16) & 0x8000) | half);
  }
}
