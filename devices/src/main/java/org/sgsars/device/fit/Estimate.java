package org.sgsars.device.fit;

import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * What a fit says of a number.
 *
 * @param value the most likely one
 * @param low lower end of its 95 % band; empty if the data bound it by nothing that was looked at
 * @param high upper end, likewise
 */
public record Estimate(double value, OptionalDouble low, OptionalDouble high) {
  /** The same of a number that grows with this one. */
  Estimate growing(DoubleUnaryOperator to) {
    return new Estimate(to.applyAsDouble(value), map(low, to), map(high, to));
  }

  /** The same of a number that falls as this one grows. */
  Estimate falling(DoubleUnaryOperator to) {
    return new Estimate(to.applyAsDouble(value), map(high, to), map(low, to));
  }

  private static OptionalDouble map(OptionalDouble number, DoubleUnaryOperator to) {
    return number.isPresent()
        ? OptionalDouble.of(to.applyAsDouble(number.getAsDouble()))
        : OptionalDouble.empty();
  }
}
