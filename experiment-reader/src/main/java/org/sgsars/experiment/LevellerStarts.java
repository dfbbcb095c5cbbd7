package org.sgsars.experiment;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** From when on the levellers of a scenario can move rows, as far as the policies say. */
final class LevellerStarts {
  private final PolicyChoice sparsifier;
  private final List<LayerShape> layers;
  private final Policies policies;

  /**
   * @param sparsifier says how many rows are written at most
   */
  LevellerStarts(PolicyChoice sparsifier, List<LayerShape> layers, Policies policies) {
    this.sparsifier = sparsifier;
    this.layers = layers;
    this.policies = policies;
  }

  /**
   * Iterations that a run needs at least for each leveller to move a row of any layer.
   *
   * @return 0 for a leveller that does not say
   */
  List<Long> of(List<PolicyChoice> levellers) {
    return levellers.stream().map(this::leastIterations).toList();
  }

  /**
   * Rows of a layer that an iteration writes at most; all of them if the sparsifier is not here.
   */
  static int mostRows(PolicyChoice sparsifier, LayerShape layer, Policies policies) {
    return policies
        .bind(PolicyFamily.SPARSIFIER, sparsifier)
        .map(policy -> policy.mostRows(layer))
        .orElse(layer.rows());
  }

  private long leastIterations(PolicyChoice leveller) {
    return layers.stream().mapToLong(layer -> leastIterations(leveller, layer)).min().orElse(0);
  }

  private long leastIterations(PolicyChoice leveller, LayerShape layer) {
    int rows = mostRows(sparsifier, layer, policies);
    return policies
        .bind(PolicyFamily.LEVELLER, leveller)
        .map(policy -> policy.leastIterations(rows))
        .orElse(OptionalLong.empty())
        .orElse(0);
  }
}
