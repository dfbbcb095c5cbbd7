package org.sgsars.mapping;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/**
 * What a network's own modules say of its parameters, such as a trace's layers.json.
 *
 * @param place where it stands, for messages
 * @param layers on crossbars, in the network's order
 * @param digital names of the parameters that are not on crossbars
 */
public record LayerTable(String place, List<Entry> layers, List<String> digital) {
  /**
   * @throws IllegalArgumentException if two layers have one name or one weight, or a parameter is
   *     two of these: a weight, a bias, digital; the message names the parameter and the layers
   */
  public LayerTable {
    layers = List.copyOf(layers);
    digital = List.copyOf(digital);
    requireOneUse(layers, Set.copyOf(digital));
  }

  /**
   * What layers that are known say of their parameters.
   *
   * @param layers each with a weight
   * @throws IllegalArgumentException if a layer has no weight, or as above
   */
  static LayerTable of(String place, List<LayerShape> layers, List<ParameterShape> digital) {
    return new LayerTable(
        place,
        layers.stream().map(Entry::of).toList(),
        digital.stream().map(ParameterShape::name).toList());
  }

  private static void requireOneUse(List<Entry> layers, Set<String> digital) {
    Map<String, Entry> byName = new HashMap<>();
    Map<String, Entry> byWeight = new HashMap<>();
    for (Entry layer : layers) {
      Entry other = byName.putIfAbsent(layer.name(), layer);
      if (other != null) {
        throw new IllegalArgumentException(
            "two layers are named %s: those of %s and %s; allowed: each name once"
                .formatted(layer.name(), other.weight(), layer.weight()));
      }
      other = byWeight.putIfAbsent(layer.weight(), layer);
      if (other != null) {
        throw new IllegalArgumentException(
            "%s is the weight of layers %s and %s; allowed: one layer for each weight, also where modules share it"
                .formatted(layer.weight(), other.name(), layer.name()));
      }
    }
    for (Entry layer : layers) {
      requireNotDigital(layer.weight(), "weight", layer, digital);
      if (layer.bias().isPresent()) {
        String bias = layer.bias().get();
        requireNotDigital(bias, "bias", layer, digital);
        Entry ofWeight = byWeight.get(bias);
        if (ofWeight != null) {
          throw new IllegalArgumentException(
              "%s is the bias of layer %s and the weight of layer %s; allowed: one of both"
                  .formatted(bias, layer.name(), ofWeight.name()));
        }
      }
    }
  }

  private static void requireNotDigital(
      String parameter, String what, Entry layer, Set<String> digital) {
    if (digital.contains(parameter)) {
      throw new IllegalArgumentException(
          "%s is the %s of layer %s, and digital too; allowed: one of both"
              .formatted(parameter, what, layer.name()));
    }
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
            "layer %s of kind '%s' has no axes; give axes, or a kind that has them, one of %s"
                .formatted(name, kind, LayerKind.onCrossbars()));
      }
    }

    private static Entry of(LayerShape layer) {
      ParameterShape weight =
          layer
              .weight()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "layer %s has no weight".formatted(layer.name())));
      return new Entry(
          layer.name(),
          layer.map().kind(),
          weight.name(),
          layer.bias().map(ParameterShape::name),
          layer.map().biasFrom(),
          Optional.of(layer.map().axesText()),
          layer.map().groups());
    }

    String axesText() {
      return axes.or(() -> LayerKind.axes(kind)).orElseThrow();
    }
  }
}
