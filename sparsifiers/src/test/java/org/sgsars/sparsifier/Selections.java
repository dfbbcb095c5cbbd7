package org.sgsars.sparsifier;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;

/** A layer of three rows and two columns without momentum, at a learning rate of 1. */
final class Selections {
  private static final LayerShape LAYER =
      MappedNetwork.layersOf(List.of(new ParameterShape("fc.weight", List.of(2, 3)))).get(0);

  private Selections() {}

  static BoundSparsifier<?> bound(SparsifierPolicy<?> policy, Map<String, ?> settings) {
    return policy.bind(new PolicyChoice(policy.kind(), settings));
  }

  static LayerAccumulator accumulator(SparsifierPolicy<?> policy, Map<String, ?> settings) {
    return new LayerAccumulator(
        LAYER,
        new OptimizerSettings(0, 1, 0),
        GradientFormat.F32,
        List.of(new LayerAccumulator.Choice(bound(policy, settings))),
        1);
  }

  /**
   * @param gradients the rows of the first column, then of the second
   */
  static Selection select(LayerAccumulator accumulator, long iteration, float... gradients) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * gradients.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(gradients);
    accumulator.add(0, 2, bytes, ByteBuffer.allocate(0));
    return accumulator.select(iteration).get(0);
  }
}
