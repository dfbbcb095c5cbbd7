package org.sgsars.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/** Finds values that are not finite. */
public final class FiniteValues {
  private static final int EXPONENT = 0x7F80_0000;

  private FiniteValues() {}

  /**
   * @param values little-endian float32
   * @return index of the first NaN or infinite value, or -1
   */
  public static int firstNotFinite(ByteBuffer values) {
    IntBuffer bits = values.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    for (int i = 0; i < bits.limit(); i++) {
      if ((bits.get(i) & EXPONENT) == EXPONENT) {
        return i;
      }
    }
    return -1;
  }
}
