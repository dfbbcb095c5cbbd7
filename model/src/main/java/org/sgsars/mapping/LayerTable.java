package org.sgsars.mapping;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a network's own modules say of its parameters, such as a trace's layers.json.
 *
 * @param place where it stands, for messages
 * @param layers on crossbars, in the network's order
 * @param digital names of the parameters that are not on crossbars
 */
public record LayerTable(String place, List<Entry> layers, List<String> digital) {
  public LayerTable {
    layers = List.copyOf(layers);
    digital = List.copyOf(digital);
  }

  /**
   * One layer.
   *
   * @param name of the layer
   * @param kind of its module; may be empty
   * @param weight name of the parameter
   * @param bias name of the parameter, if there is one
   * @param biasFrom index of the layer's first value in a bias that several layers share
   * @param axes of the weight; empty if the kind says them
   * @param groups at least 1
   */
  public record Entry(
      String name,
      String kind,
      String weight,
      Optional<String> bias,
      OptionalInt biasFrom,
      Optional<String> axes,
      int groups) {
    /**
     * @throws IllegalArgumentException if neither axes nor the kind say how the weight lies
     */
    public Entry {
      if (axes.isEmpty() && LayerKind.axes(kind).isEmpty()) {
        throw new IllegalArgumentException(
            "layer %s of kind '%s' has no axes; give them, or a kind that has them"
                .formatted(name, kind));
      }
    }

    String axesText() {
      return axes.or(() -> LayerKind.axes(kind)).orElseThrow();
    }
  }
}
