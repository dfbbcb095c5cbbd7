package org.sgsars.contract.model;

import java.util.List;

/**
 * One trained tensor as the framework names it.
 *
 * @param name such as {@code conv1.weight}
 * @param shape sizes of its dimensions, outermost first, each at least 1
 */
public record ParameterShape(String name, List<Integer> shape) {
  public ParameterShape {
    shape = List.copyOf(shape);
    if (!PlainText.isPlain(name)) {
      throw new IllegalArgumentException(
          "Parameter name '%s' holds control characters".formatted(PlainText.of(name)));
    }
    if (shape.isEmpty() || shape.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "Parameter " + name + " has shape " + shape + "; every size must be at least 1");
    }
  }

  /** Number of values, at least 1. */
  public long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
