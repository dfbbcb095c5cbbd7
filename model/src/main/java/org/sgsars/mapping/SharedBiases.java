package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sgsars.model.Axis;
import org.sgsars.model.LayerMap;
import org.sgsars.model.Names;

/**
 * Biases that a table gives to several layers: all of it to each, as modules do that share one, or
 * to each a part.
 */
final class SharedBiases {
  private final String place;
  private final Set<String> parameters;

  /**
   * @param place of the table, for messages
   * @param parameters names of all that have gradients
   */
  SharedBiases(String place, Set<String> parameters) {
    this.place = place;
    this.parameters = parameters;
  }

  /**
   * The values that a layer has of a bias.
   *
   * @param from index of the first
   * @param to behind the last
   */
  private record Part(long from, long to) {
    static Part of(Candidate layer, LayerMap map) {
      int outputs = layer.shape().get(map.axes().indexOf(Axis.OUT));
      return map.biasFrom().isPresent()
          ? new Part(map.biasFrom().getAsInt(), (long) map.biasFrom().getAsInt() + outputs)
          : new Part(0, layer.bias.orElseThrow().elements());
    }

    boolean overlaps(Part other) {
      return from < other.to && other.from < to;
    }

    @Override
    public String toString() {
      return "[%d, %d)".formatted(from, to);
    }
  }

  /**
   * @param layers with their maps
   * @param notes receives what layers share
   * @param problems receives parts that overlap, and layers that have a bias of their own
   */
  void check(List<Candidate> layers, List<String> notes, List<String> problems) {
    Map<String, Map<Part, List<Candidate>>> byBias = new LinkedHashMap<>();
    for (Candidate layer : layers) {
      LayerMap map = layer.map;
      if (map != null && layer.bias.isPresent()) {
        byBias
            .computeIfAbsent(layer.bias.get().name(), bias -> new LinkedHashMap<>())
            .computeIfAbsent(Part.of(layer, map), part -> new ArrayList<>())
            .add(layer);
      }
    }
    byBias.forEach(
        (bias, parts) -> {
          requireApart(bias, parts, problems);
          parts.values().forEach(sharing -> requireTied(bias, sharing, notes, problems));
        });
  }

  private void requireApart(String bias, Map<Part, List<Candidate>> parts, List<String> problems) {
    List<Map.Entry<Part, List<Candidate>>> all = new ArrayList<>(parts.entrySet());
    all.sort((a, b) -> Long.compare(a.getKey().from, b.getKey().from));
    for (int i = 1; i < all.size(); i++) {
      Map.Entry<Part, List<Candidate>> first = all.get(i - 1);
      Map.Entry<Part, List<Candidate>> second = all.get(i);
      if (first.getKey().overlaps(second.getKey())) {
        problems.add(
            "%s: layer %s has the values %s of %s, and layer %s the values %s; allowed: the same, or parts of their own by biasFrom"
                .formatted(
                    place,
                    first.getValue().get(0).layer,
                    first.getKey(),
                    bias,
                    second.getValue().get(0).layer,
                    second.getKey()));
        return;
      }
    }
  }

  /** What modules share has one name, so that only one of their biases is there. */
  private void requireTied(
      String bias, List<Candidate> sharing, List<String> notes, List<String> problems) {
    if (sharing.size() < 2) {
      return;
    }
    List<String> names = sharing.stream().map(layer -> layer.layer).toList();
    for (Candidate layer : sharing) {
      String own = layer.name.bias().orElse(bias);
      if (!own.equals(bias) && parameters.contains(own)) {
        problems.add(
            "%s: %s is the bias of layers %s, but %s is there for %s; allowed: one layer, several whose modules share it, or biasFrom"
                .formatted(place, bias, Names.of(names), own, layer.layer));
        return;
      }
    }
    notes.add("%s is shared: layers %s have a row of it each".formatted(bias, Names.of(names)));
  }
}
