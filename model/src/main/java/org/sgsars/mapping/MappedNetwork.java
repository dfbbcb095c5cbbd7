package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.ParameterShape;

/**
 * A network's parameters: those that are layers on crossbars, and those that are not.
 *
 * @param layers on crossbars
 * @param digital the parameters beside them
 * @param notes what was chosen where there was a choice, a sentence each, for people
 */
public record MappedNetwork(
    List<LayerShape> layers, List<ParameterShape> digital, List<String> notes) {
  private static final String OF_VALUES = " values on crossbars";

  public MappedNetwork {
    layers = List.copyOf(layers);
    digital = List.copyOf(digital);
    notes = List.copyOf(notes);
  }

  /**
   * Maps parameters of which nothing is known but names and shapes.
   *
   * @param parameters in the network's order
   * @throws IllegalArgumentException if two have the same name, two layers have, one has more rows
   *     or columns than a layer may have, or how one lies cannot be told; the message has the lines
   *     to add
   */
  public static MappedNetwork of(List<ParameterShape> parameters) {
    return of(parameters, Optional.empty(), List.of());
  }

  /**
   * Maps parameters of a network of which it is known that every weight of two or more dimensions
   * has its outputs first, without groups.
   */
  public static MappedNetwork outputsFirst(List<ParameterShape> parameters) {
    List<LayerTable.Entry> entries = new ArrayList<>();
    List<String> names = parameters.stream().map(ParameterShape::name).toList();
    for (ParameterShape parameter : parameters) {
      TensorName name = TensorName.of(parameter.name());
      int dimensions = parameter.shape().size();
      if (name.role() == TensorName.Role.WEIGHT && dimensions > 1) {
        entries.add(
            new LayerTable.Entry(
                name.layer(),
                LayerKind.outIn(dimensions),
                name.tensor(),
                name.bias().filter(names::contains),
                OptionalInt.empty(),
                Optional.of("out-in"),
                1));
      }
    }
    Set<String> weights = new HashSet<>();
    entries.forEach(entry -> weights.add(entry.weight()));
    entries.forEach(entry -> entry.bias().ifPresent(weights::add));
    List<String> digital = names.stream().filter(name -> !weights.contains(name)).toList();
    return of(parameters, Optional.of(new LayerTable("the network", entries, digital)), List.of());
  }

  /**
   * Maps layers that are known already, such as those of a trace's manifest.
   *
   * @param place where they are said, for messages
   * @param layers each with a weight; several may share a bias
   * @param digital the parameters beside them
   * @param rules as below
   * @throws IllegalArgumentException if a layer has no weight, a parameter is two things at once,
   *     or as below
   */
  public static MappedNetwork ofLayers(
      String place, List<LayerShape> layers, List<ParameterShape> digital, List<LayerRule> rules) {
    Set<ParameterShape> parameters = new LinkedHashSet<>();
    LayerTable table = LayerTable.of(place, layers, digital);
    layers.forEach(layer -> parameters.addAll(layer.parameters()));
    parameters.addAll(digital);
    return of(List.copyOf(parameters), Optional.of(table), rules);
  }

  /** The layers of {@link #of(List)}. */
  public static List<LayerShape> layersOf(List<ParameterShape> parameters) {
    return of(parameters).layers();
  }

  /**
   * Maps parameters.
   *
   * @param parameters in the network's order
   * @param table what the network's modules say of them; without it axes are inferred
   * @param rules what somebody says of them, whatever the table says; of several that match a layer
   *     the first counts
   * @throws MappingException as above, or if a rule matches nothing, does not fit, or leaves
   *     nothing on crossbars
   */
  public static MappedNetwork of(
      List<ParameterShape> parameters, Optional<LayerTable> table, List<LayerRule> rules) {
    return new NetworkMapper(parameters, table, rules).map();
  }

  /** Weights and biases on crossbars; what several layers share counts once. */
  public long valuesOnCrossbars() {
    Map<String, ParameterShape> parameters = new LinkedHashMap<>();
    layers.forEach(layer -> layer.parameters().forEach(p -> parameters.put(p.name(), p)));
    return values(parameters.values());
  }

  /** All values of the network. */
  public long values() {
    return valuesOnCrossbars() + values(digital);
  }

  private static long values(Iterable<ParameterShape> parameters) {
    long values = 0;
    for (ParameterShape parameter : parameters) {
      values = Math.addExact(values, parameter.elements());
    }
    return values;
  }

  /** How much of the network is on crossbars and what is not, for people. */
  public String share() {
    long all = values();
    long on = valuesOnCrossbars();
    // Down, so that only all is 100 %.
    double share = Math.floor(1000.0 * on / all) / 10;
    String text =
        on == all
            ? String.format(Locale.ROOT, "all %,d", all)
            : String.format(Locale.ROOT, "%.1f %% of %,d", share, all);
    return text
        + OF_VALUES
        + (digital.isEmpty()
            ? ""
            : "; digital: " + Names.of(digital.stream().map(ParameterShape::name).toList()));
  }

  /** Whether a run's notice is a {@link #share()}. */
  public static boolean isShare(String notice) {
    return notice.contains(OF_VALUES);
  }

  /** The notes, and behind them the share. */
  public List<String> notices() {
    List<String> all = new ArrayList<>(notes);
    all.add(share());
    return all;
  }
}
