package org.sgsars.model;

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
    long most = Long.MAX_VALUE;
    for (int size : shape) {
      most /= size;
    }
    if (most == 0) {
      throw new IllegalArgumentException(
          "Parameter %s of shape %s has more values than can be counted; allowed: fewer than 2^63"
              .formatted(name, shape));
    }
  }

  /** Number of values, at least 1. */
  public long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
