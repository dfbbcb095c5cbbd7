package org.sgsars.mapping;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.LayerMap;
import org.sgsars.model.ParameterShape;

/** A weight that may be a layer, on its way to be one. */
final class Candidate {
  final TensorName name;
  final String layer;
  final ParameterShape weight;
  Optional<ParameterShape> bias;
  OptionalInt biasFrom = OptionalInt.empty();

  /** What a rule says of nothing else. */
  OptionalInt groups = OptionalInt.empty();

  /** Where that is said; empty if it is not. */
  String groupsFrom = "";

  /** Null while nothing says how it lies. */
  @Nullable LayerMap map;

  boolean isDigital;

  Candidate(TensorName name, String layer, ParameterShape weight, Optional<ParameterShape> bias) {
    this.name = name;
    this.layer = layer;
    this.weight = weight;
    this.bias = bias;
  }

  List<Integer> shape() {
    return weight.shape();
  }

  int dimensions() {
    return shape().size();
  }

  /** Whether it is more than a matrix: a convolution, or a transposed one. */
  boolean isConvolution() {
    return dimensions() > 2;
  }

  int first() {
    return shape().get(0);
  }

  int second() {
    return shape().get(1);
  }

  /** Whether every kernel has one value. */
  boolean isPointwise() {
    return shape().stream().skip(2).allMatch(size -> size == 1);
  }

  /** Its tensors with their shapes, for people. */
  String text() {
    return weight.name()
        + " "
        + weight.shape()
        + bias.map(b -> ", " + b.name() + " " + b.shape()).orElse("");
  }
}
