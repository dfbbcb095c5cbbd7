package org.sgsars.source;

import java.util.List;
import java.util.Optional;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** What gives the gradients of a training run, stored or live. Not for use by several threads. */
public interface LayerSource extends AutoCloseable {
  /** What the gradients are and where they come from, for people. */
  String description();

  /** The layers that lie on crossbars, in the order of their weights. */
  List<LayerShape> layers();

  /** The parameters that are not on crossbars; empty if nothing is known of them. */
  default Optional<List<ParameterShape>> digital() {
    return Optional.empty();
  }

  /**
   * Of a source that says itself how its layers lie.
   *
   * @param rules of the experiment
   * @param kind of the source
   * @throws SourceException if there are any
   */
  static void requireNoRules(List<LayerRule> rules, String kind) throws SourceException {
    if (!rules.isEmpty()) {
      throw new LayerRulesException(
          "%s: source %s says itself how its layers lie; allowed: no layers beside it"
              .formatted(rules.get(0).place(), kind));
    }
  }

  /**
   * What to know of the source before the numbers are read, such as what is left out because it is
   * not on crossbars, a sentence each, for people; may be empty.
   */
  List<String> notices();

  /** Weight decay that the gradients already hold; 0 for none. */
  double weightDecay();

  /** Whether {@link #initialWeights()} has any. */
  boolean hasWeights();

  /**
   * The weights before the first iteration, one tensor per layer.
   *
   * @throws SourceException if there are none or they cannot be read
   */
  List<LayerTensor> initialWeights() throws SourceException;

  @Override
  void close() throws SourceException;
}
