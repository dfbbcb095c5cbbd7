package org.sgsars.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sizes of the matrix that a map makes of a weight and a bias.
 *
 * @param inputs rows of one group, without its bias
 * @param columns outputs of one group
 * @param biases outputs of one group that have a bias of their own, every {@code columns /
 *     biases}th from the first; 0 without bias. A transposed convolution has fewer than columns, as
 *     its outputs share the bias of their channel.
 */
public record MatrixSizes(long inputs, long columns, long biases) {
  /**
   * @throws IllegalArgumentException if the map fits weight or bias not, naming both
   */
  public static MatrixSizes of(ParameterShape weight, Optional<ParameterShape> bias, LayerMap map) {
    List<Integer> shape = weight.shape();
    if (map.axes().size() != shape.size()) {
      throw new IllegalArgumentException(
          "%s %s has %d dimensions, but its map %d axes"
              .formatted(weight.name(), shape, shape.size(), map.axes().size()));
    }
    if (shape.get(0) % map.groups() != 0) {
      throw new IllegalArgumentException(
          "%s %s is not to be cut into %d groups; allowed: what divides its first dimension"
              .formatted(weight.name(), shape, map.groups()));
    }
    long inputs = 1;
    List<Integer> outputs = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      int size = axis == 0 ? shape.get(0) / map.groups() : shape.get(axis);
      if (map.axes().get(axis) == Axis.IN) {
        inputs *= size;
      } else {
        outputs.add(size);
      }
    }
    long columns = product(outputs);
    return new MatrixSizes(
        inputs, columns, bias.isEmpty() ? 0 : biases(weight, bias.get(), map, outputs));
  }

  private static long biases(
      ParameterShape weight, ParameterShape bias, LayerMap map, List<Integer> outputs) {
    List<Integer> shape = bias.shape();
    if (map.biasFrom().isPresent()) {
      boolean isInside =
          shape.size() == 1
              && map.groups() == 1
              && (long) map.biasFrom().getAsInt() + outputs.get(0) <= shape.get(0);
      if (isInside) {
        return outputs.get(0);
      }
    } else if (map.groups() > 1) {
      if (shape.equals(List.of(map.groups() * outputs.get(0)))) {
        return outputs.get(0);
      }
    } else if (shape.size() <= outputs.size() && shape.equals(outputs.subList(0, shape.size()))) {
      return product(shape);
    }
    throw new IllegalArgumentException(
        "%s %s is no bias of %s %s, whose axes are %s%s%s"
            .formatted(
                bias.name(),
                shape,
                weight.name(),
                weight.shape(),
                map.axesText(),
                map.groups() > 1 ? " in %d groups".formatted(map.groups()) : "",
                map.biasFrom().isPresent()
                    ? ", from index %d on".formatted(map.biasFrom().getAsInt())
                    : ""));
  }

  private static long product(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }
}
