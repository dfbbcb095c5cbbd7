package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sgsars.model.Sweep;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds the settings of a scenario that have a list of values where they take a single one. Looks
 * at what the file says and not at whether that is allowed.
 */
final class Ranges {
  private final Policies policies;

  Ranges(Policies policies) {
    this.policies = policies;
  }

  /**
   * A setting with several values.
   *
   * @param list where they stand
   * @param nodes the values' nodes, each value once
   * @param range the same as values
   */
  record Found(SequenceNode list, List<Node> nodes, Sweep.Range range) {
    /** A value as it is written, as far as a name can hold it. */
    String text(int value) {
      return Ranges.text(nodes.get(value)).replaceAll("[^A-Za-z0-9._-]+", "-");
    }

    private int index() {
      return list.getStartMark().map(Mark::getIndex).orElse(0);
    }
  }

  /** The ranges that hold for all scenarios which have no such setting themselves. */
  List<Found> ofAll(Section top) {
    List<Found> found = new ArrayList<>();
    crossbar(top, top, "", found);
    policies(top, PolicyFamily.DEVICE, "", found);
    return found;
  }

  /** The ranges of a scenario, with those that it takes from the top, in the order of the file. */
  List<Found> of(Section top, Section scenario) {
    List<Found> found = new ArrayList<>();
    policies(scenario, PolicyFamily.SPARSIFIER, "", found);
    policies(scenario, PolicyFamily.LEVELLER, "", found);
    crossbar(scenario, top, "", found);
    policies(
        scenario.has(PolicyFamily.DEVICE.key()) ? scenario : top, PolicyFamily.DEVICE, "", found);
    List<Section> layers =
        scenario.isList(LayerRuleReader.KEY)
            ? scenario.anySections(LayerRuleReader.KEY)
            : List.of();
    for (int i = 0; i < layers.size(); i++) {
      String place = "%s[%d].".formatted(LayerRuleReader.KEY, i);
      policies(layers.get(i), PolicyFamily.LEVELLER, place, found);
      crossbar(layers.get(i), layers.get(i), place, found);
      policies(layers.get(i), PolicyFamily.DEVICE, place, found);
    }
    found.sort(Comparator.comparingInt(Found::index));
    return found;
  }

  /**
   * The nodes of one combination, by the lists in whose place they stand. Nodes are equal only if
   * they are the same.
   *
   * @param indices of the values, one for each range
   */
  static Map<Node, Node> chosen(List<Found> ranges, List<Integer> indices) {
    Map<Node, Node> chosen = new HashMap<>();
    for (int i = 0; i < ranges.size(); i++) {
      chosen.put(ranges.get(i).list(), ranges.get(i).nodes().get(indices.get(i)));
    }
    return chosen;
  }

  /**
   * @param fallback the section that has the crossbars where the parent says nothing of them
   */
  private static void crossbar(Section parent, Section fallback, String place, List<Found> found) {
    Optional<Section> own = parent.section("crossbar", null);
    Optional<Section> other = fallback.section("crossbar", null);
    for (String key : List.of("size", "spareRows")) {
      Optional<Section> section = own.filter(s -> s.has(key)).or(() -> other);
      section
          .flatMap(s -> range(s, key, place + "crossbar." + key, Optional.empty()))
          .ifPresent(found::add);
    }
  }

  private void policies(Section parent, PolicyFamily family, String place, List<Found> found) {
    List<Section> sections = parent.anySections(family.key());
    for (int i = 0; i < sections.size(); i++) {
      String at = parent.isList(family.key()) ? "[%d]".formatted(i) : "";
      policy(sections.get(i), family, place + family.key() + at + ".", found);
    }
  }

  private void policy(Section section, PolicyFamily family, String place, List<Found> found) {
    if (section.isList("kind")) {
      return;
    }
    List<Parameter> parameters =
        section
            .word("kind")
            .flatMap(kind -> policies.find(family, kind))
            .map(policy -> SettingsType.of(policy).parameters())
            .orElse(List.of());
    for (Parameter parameter : parameters) {
      // What is a list by itself is one value.
      if (parameter.type() != Parameter.Type.LAYERS) {
        range(section, parameter.name(), place + parameter.name(), Optional.of(parameter))
            .ifPresent(found::add);
      }
    }
  }

  /** The range under a key, if there is a list of values. */
  private static Optional<Found> range(
      Section section, String key, String setting, Optional<Parameter> parameter) {
    Optional<SequenceNode> list = section.list(key);
    if (list.isEmpty() || list.get().getValue().isEmpty()) {
      return Optional.empty();
    }
    Map<Object, Node> first = new HashMap<>();
    List<Object> values = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : list.get().getValue()) {
      Object value = value(node, parameter);
      Node before = first.putIfAbsent(value, node);
      if (before == null) {
        values.add(value);
        nodes.add(node);
      } else {
        section.report(
            Section.lineOf(node),
            section.path(key),
            "has %s twice; a range has each value once".formatted(text(node)));
      }
    }
    return Optional.of(new Found(list.get(), nodes, new Sweep.Range(setting, values)));
  }

  /** A value as the scenario has it; what is not allowed, so that it is another than the others. */
  private static Object value(Node node, Optional<Parameter> parameter) {
    if (!(node instanceof ScalarNode scalar)) {
      return "the value at " + node.getStartMark().map(Mark::getIndex).orElse(0);
    }
    boolean isText = parameter.filter(of -> of.type().isText()).isPresent();
    Object value = isText ? scalar.getValue() : Section.value(scalar);
    return parameter.flatMap(of -> of.accept(value)).orElse(value);
  }

  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "none";
  }
}
