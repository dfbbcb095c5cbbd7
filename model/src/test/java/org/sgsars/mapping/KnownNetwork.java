package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sgsars.model.ParameterShape;

/** A network by names and shapes as its framework gives them, and how its layers lie. */
final class KnownNetwork {
  final String name;

  /** In the network's order. */
  final List<ParameterShape> parameters = new ArrayList<>();

  /** By layer, as {@code out-in, 32 groups}; {@code digital} for a weight that is none. */
  final Map<String, String> maps = new TreeMap<>();

  /**
   * Whether all that tells how its weights lie is the order of its parameters, so that nothing can
   * be told of them in an order by chance. Files hold either the network's order or the sorted one.
   */
  boolean tellsByOrderAlone;

  KnownNetwork(String name) {
    this.name = name;
  }

  @Override
  public String toString() {
    return name;
  }

  KnownNetwork tellingByOrderAlone() {
    tellsByOrderAlone = true;
    return this;
  }

  private KnownNetwork add(String parameter, Integer... shape) {
    parameters.add(new ParameterShape(parameter, List.of(shape)));
    return this;
  }

  private KnownNetwork weight(String layer, String map, boolean hasBias, int outs, Integer... of) {
    maps.put(layer, map);
    add(layer + ".weight", of);
    return hasBias ? add(layer + ".bias", outs) : this;
  }

  KnownNetwork linear(String layer, int in, int out) {
    return weight(layer, "out-in", true, out, out, in);
  }

  KnownNetwork linearWithoutBias(String layer, int in, int out) {
    return weight(layer, "out-in", false, out, out, in);
  }

  /** GPT-2's. */
  KnownNetwork conv1D(String layer, int in, int out) {
    return weight(layer, "in-out", true, out, in, out);
  }

  KnownNetwork conv1DWithoutBias(String layer, int in, int out) {
    return weight(layer, "in-out", false, out, in, out);
  }

  KnownNetwork embedding(String layer, int words, int width) {
    return weight(layer, "in-out", false, width, words, width);
  }

  private static String grouped(String axes, int groups) {
    return groups == 1 ? axes : axes + ", %d groups".formatted(groups);
  }

  KnownNetwork conv(String layer, int in, int out, int kernel, int groups, boolean hasBias) {
    return weight(layer, grouped("out-in", groups), hasBias, out, out, in / groups, kernel, kernel);
  }

  /** Without bias. */
  KnownNetwork conv(String layer, int in, int out, int kernel) {
    return conv(layer, in, out, kernel, 1, false);
  }

  KnownNetwork conv1d(String layer, int in, int out, int kernel, int groups) {
    return weight(layer, grouped("out-in", groups), true, out, out, in / groups, kernel);
  }

  KnownNetwork convTranspose(String layer, int in, int out, int kernel, boolean hasBias) {
    return weight(layer, "in-out", hasBias, out, in, out, kernel, kernel);
  }

  KnownNetwork norm(String layer, int values) {
    return add(layer + ".weight", values).add(layer + ".bias", values);
  }

  KnownNetwork recurrent(String layer, String part, int in, int gates, int hidden) {
    for (String of : List.of("ih", "hh")) {
      maps.put(layer + "." + of + part, "out-in");
      add(layer + ".weight_" + of + part, gates * hidden, of.equals("ih") ? in : hidden);
    }
    return add(layer + ".bias_ih" + part, gates * hidden)
        .add(layer + ".bias_hh" + part, gates * hidden);
  }

  KnownNetwork attention(String layer, int width) {
    maps.put(layer + ".in_proj", "out-in");
    add(layer + ".in_proj_weight", 3 * width, width).add(layer + ".in_proj_bias", 3 * width);
    return linear(layer + ".out_proj", width, width);
  }
}
