package org.sgsars.model;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The layers of a scenario that have other settings than it, and what layers lend each other.
 *
 * @param settings of those layers
 * @param ofLayers for each layer of the run the index of its settings, -1 if it has the scenario's;
 *     empty if all have
 * @param loans rows that layers have on the crossbars of others
 */
public record LayerExceptions(
    List<LayerSettings> settings, List<Integer> ofLayers, LayerLoans loans) {
  /** All layers are as the scenario says. */
  public static final LayerExceptions NONE = new LayerExceptions(List.of(), List.of());

  /**
   * @throws IllegalArgumentException if an index is of no settings
   */
  public LayerExceptions {
    settings = List.copyOf(settings);
    ofLayers = List.copyOf(ofLayers);
    for (int index : ofLayers) {
      if (index < -1 || index >= settings.size()) {
        throw new IllegalArgumentException(
            "a layer has settings %d of %d; allowed: -1 to %d"
                .formatted(index, settings.size(), settings.size() - 1));
      }
    }
  }

  /** Layers that keep to their own crossbars. */
  public LayerExceptions(List<LayerSettings> settings, List<Integer> ofLayers) {
    this(settings, ofLayers, LayerLoans.NONE);
  }

  /** Whether every layer is as the scenario says. */
  public boolean isEmpty() {
    return ofLayers.isEmpty() && loans.isEmpty();
  }

  /** The same settings, where layers lend each other columns. */
  public LayerExceptions with(LayerLoans others) {
    return new LayerExceptions(settings, ofLayers, others);
  }

  /** The settings of a layer that has others than its scenario. */
  public Optional<LayerSettings> of(int layer) {
    return layer < ofLayers.size() && ofLayers.get(layer) >= 0
        ? Optional.of(settings.get(ofLayers.get(layer)))
        : Optional.empty();
  }

  /** The same layers with other settings, as many as there are. */
  public LayerExceptions map(UnaryOperator<LayerSettings> change) {
    return new LayerExceptions(settings.stream().map(change).toList(), ofLayers, loans);
  }
}
