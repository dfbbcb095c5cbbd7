package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.ParameterShape;

/** Maps one network's parameters: by its table and by rules, and by inference what is left. */
final class NetworkMapper {
  private final Map<String, ParameterShape> parameters = new LinkedHashMap<>();
  private final Optional<LayerTable> table;
  private final Set<String> saidDigital;
  private final List<LayerRule> rules;
  private final Set<LayerRule> used = new HashSet<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> ruleProblems = new ArrayList<>();

  /** Layers that rules take off the crossbars, with the rule. */
  private final Map<String, LayerRule> takenOff = new LinkedHashMap<>();

  /** Biases with gradients, of layers whose weights have none. */
  private final Set<String> withoutWeight = new LinkedHashSet<>();

  private final UnclearLayers unclear = new UnclearLayers();

  NetworkMapper(
      List<ParameterShape> parameters, Optional<LayerTable> table, List<LayerRule> rules) {
    for (ParameterShape parameter : parameters) {
      ParameterShape other = this.parameters.put(parameter.name(), parameter);
      if (other != null) {
        throw new IllegalArgumentException(
            "Two parameters are named %s, of shapes %s and %s"
                .formatted(parameter.name(), other.shape(), parameter.shape()));
      }
    }
    this.table = table;
    this.saidDigital = table.map(of -> Set.copyOf(of.digital())).orElse(Set.of());
    this.rules = rules;
  }

  MappedNetwork map() {
    List<Candidate> candidates = table.map(this::listed).orElseGet(this::named);
    candidates.forEach(this::applyRules);
    infer(candidates);
    List<LayerShape> layers = new ArrayList<>();
    Set<String> onCrossbars = new HashSet<>();
    Set<String> unsaid = new HashSet<>();
    for (Candidate candidate : candidates) {
      LayerMap map = candidate.map;
      if (map != null) {
        layer(candidate, map)
            .ifPresent(
                layer -> {
                  layers.add(layer);
                  layer.parameters().forEach(p -> onCrossbars.add(p.name()));
                });
      }
      unsaid.add(candidate.weight.name());
      candidate.bias.ifPresent(bias -> unsaid.add(bias.name()));
    }
    List<ParameterShape> digital = new ArrayList<>();
    for (ParameterShape parameter : parameters.values()) {
      if (!onCrossbars.contains(parameter.name())) {
        digital.add(parameter);
        if (!unsaid.contains(parameter.name())) {
          requireSaid(parameter);
        }
      }
    }
    requireUsed();
    if (!unclear.isEmpty()) {
      problems.add(unclear.message(names()));
    }
    if (layers.isEmpty() && problems.isEmpty() && ruleProblems.isEmpty()) {
      requireNotAllTakenOff();
    }
    if (!problems.isEmpty() || !ruleProblems.isEmpty()) {
      throw new MappingException(ruleProblems, problems);
    }
    LayerShape.requireOwnNames(layers);
    return new MappedNetwork(layers, digital, notes);
  }

  /** The layers of the table that have gradients. */
  private List<Candidate> listed(LayerTable of) {
    List<Candidate> candidates = new ArrayList<>();
    List<String> without = new ArrayList<>();
    Set<String> listed = new HashSet<>();
    Map<String, LayerTable.Entry> absent = new LinkedHashMap<>();
    for (LayerTable.Entry entry : of.layers()) {
      listed.add(entry.weight());
      entry.bias().ifPresent(listed::add);
      ParameterShape weight = parameters.get(entry.weight());
      if (weight == null) {
        absent.put(entry.name(), entry);
        continue;
      }
      Optional<ParameterShape> bias = entry.bias().map(parameters::get);
      if (entry.bias().isPresent() && bias.isEmpty()) {
        without.add(entry.bias().get());
      }
      Candidate candidate = new Candidate(TensorName.of(weight.name()), entry.name(), weight, bias);
      try {
        if (entry.axes().isEmpty()) {
          LayerKind.requireDimensions(entry.kind(), weight);
        }
        LayerMap map =
            new LayerMap(
                entry.kind(),
                LayerMap.axes(entry.axesText(), weight.shape().size()),
                entry.groups(),
                entry.biasFrom());
        candidate.map = map;
        candidates.add(candidate);
      } catch (IllegalArgumentException e) {
        problems.add("%s: layer %s: %s".formatted(of.place(), entry.name(), e.getMessage()));
      }
    }
    parameters.values().stream()
        .filter(parameter -> !listed.contains(parameter.name()) && isRuled(parameter))
        .forEach(parameter -> candidates.add(candidate(parameter)));
    new SharedBiases(of.place(), parameters.keySet()).check(candidates, notes, problems);
    recordAbsent(of, absent.values(), without, candidates);
    return candidates;
  }

  /** Says what is listed and has no gradients. */
  private void recordAbsent(
      LayerTable of,
      Collection<LayerTable.Entry> layers,
      List<String> biases,
      List<Candidate> candidates) {
    Set<String> biased = new HashSet<>();
    candidates.forEach(candidate -> candidate.bias.ifPresent(bias -> biased.add(bias.name())));
    List<String> without = new ArrayList<>();
    for (LayerTable.Entry layer : layers) {
      Optional<String> bias =
          layer.bias().filter(name -> parameters.containsKey(name) && !biased.contains(name));
      if (bias.isPresent()) {
        withoutWeight.add(bias.get());
      } else {
        without.add(layer.name());
      }
    }
    without.addAll(biases);
    if (!without.isEmpty()) {
      notes.add("no gradient in any iteration, and so no writes: " + Names.of(without));
    }
    if (!withoutWeight.isEmpty()) {
      notes.add(
          "biases of layers whose weights have no gradient in any iteration, not judged and counted as digital: "
              + Names.of(withoutWeight));
    }
    List<String> digital =
        of.digital().stream().distinct().filter(name -> !parameters.containsKey(name)).toList();
    if (!digital.isEmpty()) {
      notes.add(
          "digital in %s, and no gradient in any iteration: %s"
              .formatted(of.place(), Names.of(digital)));
    }
  }

  /** What the names say are weights of two or more dimensions, and what rules give axes. */
  private List<Candidate> named() {
    List<Candidate> candidates = new ArrayList<>();
    Set<String> biases = new HashSet<>();
    parameters.keySet().forEach(name -> TensorName.of(name).bias().ifPresent(biases::add));
    for (ParameterShape parameter : parameters.values()) {
      TensorName name = TensorName.of(parameter.name());
      boolean isWeight =
          name.role() == TensorName.Role.WEIGHT || name.role() == TensorName.Role.OUT_IN_WEIGHT;
      boolean isSaid = !biases.contains(parameter.name()) && isRuled(parameter);
      if (isSaid || (isWeight && parameter.shape().size() >= 2)) {
        candidates.add(candidate(parameter));
      }
    }
    return candidates;
  }

  private Candidate candidate(ParameterShape parameter) {
    TensorName name = TensorName.of(parameter.name());
    return new Candidate(name, name.layer(), parameter, name.bias().map(parameters::get));
  }

  /** Whether a rule says how a parameter lies that nothing else makes a layer. */
  private boolean isRuled(ParameterShape parameter) {
    return parameter.shape().size() >= 2
        && ruleOf(TensorName.of(parameter.name()).layer(), parameter.name())
            .filter(rule -> !rule.isOffCrossbars())
            .isPresent();
  }

  private Optional<LayerRule> ruleOf(String layer, String parameter) {
    return rules.stream()
        .filter(rule -> rule.matches(layer) || rule.matches(parameter))
        .findFirst();
  }

  private void applyRules(Candidate candidate) {
    candidate.bias =
        candidate.bias.filter(
            bias -> {
              Optional<LayerRule> rule = ruleOf(candidate.layer, bias.name());
              boolean isOff = rule.filter(LayerRule::isOffCrossbars).isPresent();
              rule.filter(LayerRule::isOffCrossbars).ifPresent(used::add);
              return !isOff;
            });
    Optional<LayerRule> rule = ruleOf(candidate.layer, candidate.weight.name());
    if (rule.isEmpty()) {
      return;
    }
    used.add(rule.get());
    if (rule.get().isOffCrossbars()) {
      candidate.isDigital = true;
      candidate.map = null;
      takenOff.put(candidate.layer, rule.get());
      return;
    }
    boolean saysGroupsAlone =
        candidate.map == null && rule.get().kind().isEmpty() && rule.get().axes().isEmpty();
    if (saysGroupsAlone) {
      // How it lies is inferred like that of the others.
      candidate.groups = rule.get().groups();
      candidate.groupsFrom = rule.get().place();
      return;
    }
    try {
      candidate.map = ruled(rule.get(), candidate);
      LayerShape.of(candidate.layer, candidate.weight, candidate.bias, candidate.map);
    } catch (IllegalArgumentException e) {
      candidate.isDigital = true;
      candidate.map = null;
      ruleProblems.add("%s: %s".formatted(rule.get().place(), e.getMessage()));
    }
  }

  private static LayerMap ruled(LayerRule rule, Candidate candidate) {
    LayerMap before = candidate.map;
    int dimensions = candidate.dimensions();
    if (rule.axes().isEmpty()) {
      rule.kind().ifPresent(kind -> LayerKind.requireDimensions(kind, candidate.weight));
    }
    String axes =
        rule.axes()
            .or(() -> rule.kind().flatMap(LayerKind::axes))
            .orElse(before == null ? "out-in" : before.axesText());
    String byAxes =
        axes.startsWith("out") ? LayerKind.outIn(dimensions) : LayerKind.inOut(dimensions);
    String kind =
        rule.kind()
            .orElse(
                before != null && before.axes().equals(LayerMap.axes(axes, dimensions))
                    ? before.kind()
                    : byAxes);
    OptionalInt biasFrom = before == null ? sharedBias(candidate) : before.biasFrom();
    int groups = rule.groups().orElse(before == null ? 1 : before.groups());
    return new LayerMap(kind, LayerMap.axes(axes, dimensions), groups, biasFrom);
  }

  private static OptionalInt sharedBias(Candidate candidate) {
    return candidate.bias.isPresent() && candidate.name.sharesBias()
        ? OptionalInt.of(candidate.name.part() * candidate.first())
        : OptionalInt.empty();
  }

  private void infer(List<Candidate> candidates) {
    Map<Candidate, AxisInference.Finding> findings =
        new AxisInference(List.copyOf(parameters.values()), List.copyOf(candidates)).find();
    for (Candidate candidate : candidates) {
      AxisInference.Finding finding = findings.get(candidate);
      if (finding == null) {
        continue;
      }
      finding.note().ifPresent(notes::add);
      if (!finding.why().isEmpty()) {
        unclear.add(candidate, finding);
      }
    }
  }

  private Optional<LayerShape> layer(Candidate candidate, LayerMap map) {
    try {
      return Optional.of(LayerShape.of(candidate.layer, candidate.weight, candidate.bias, map));
    } catch (IllegalArgumentException e) {
      String problem = "layer %s: %s".formatted(candidate.layer, e.getMessage());
      if (candidate.groupsFrom.isEmpty()) {
        problems.add(table.map(of -> of.place() + ": ").orElse("") + problem);
      } else {
        ruleProblems.add(candidate.groupsFrom + ": " + problem);
      }
      return Optional.empty();
    }
  }

  private void requireNotAllTakenOff() {
    takenOff.values().stream()
        .findFirst()
        .ifPresent(
            rule ->
                ruleProblems.add(
                    "%s: no layer is left on crossbars, as rules take off %s; leave at least one"
                        .formatted(rule.place(), Names.of(takenOff.keySet()))));
  }

  /** What is no layer has to be a vector, or somebody has to say that it is digital. */
  private void requireSaid(ParameterShape parameter) {
    TensorName name = TensorName.of(parameter.name());
    Optional<LayerRule> rule = ruleOf(name.layer(), parameter.name());
    rule.filter(LayerRule::isOffCrossbars).ifPresent(used::add);
    boolean isSaid =
        rule.filter(LayerRule::isOffCrossbars).isPresent()
            || saidDigital.contains(parameter.name())
            || withoutWeight.contains(parameter.name());
    if (isSaid || isVector(parameter, name)) {
      return;
    }
    if (name.role() == TensorName.Role.OF_WEIGHT) {
      unclear.addOfWeight(parameter, name.layer());
    } else {
      unclear.addOther(
          parameter,
          table
              .map(of -> of.place() + " says nothing of it")
              .orElse("no module is known by this name"));
    }
  }

  /**
   * Whether a parameter is a vector, whatever its dimensions: it varies along one of them at most.
   * What has two of them may be a matrix all the same, of a layer with one input or output, and
   * what is called a weight is one; a bias and a magnitude are not.
   */
  private static boolean isVector(ParameterShape parameter, TensorName name) {
    int dimensions = parameter.shape().size();
    boolean isLong = parameter.shape().stream().filter(size -> size > 1).count() <= 1;
    return isLong
        && switch (name.role()) {
          case BIAS -> true;
          case WEIGHT -> dimensions == 1;
          case OF_WEIGHT -> dimensions == 1 || name.isMagnitude();
          case OUT_IN_WEIGHT, OTHER -> dimensions != 2;
        };
  }

  /** Of all layers and parameters. */
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    parameters.keySet().forEach(parameter -> names.add(TensorName.of(parameter).layer()));
    names.addAll(parameters.keySet());
    return names;
  }

  /** Whether it is for layers of the table that have no gradients here: elsewhere they may. */
  private boolean meansFrozen(LayerRule rule) {
    return table.stream()
        .flatMap(of -> of.layers().stream())
        .filter(layer -> !parameters.containsKey(layer.weight()))
        .anyMatch(layer -> rule.matches(layer.name()) || rule.matches(layer.weight()));
  }

  private void requireUsed() {
    for (LayerRule rule : rules) {
      if (used.contains(rule) || meansFrozen(rule)) {
        continue;
      }
      boolean matches =
          parameters.keySet().stream()
              .anyMatch(p -> rule.matches(p) || rule.matches(TensorName.of(p).layer()));
      if (!matches) {
        ruleProblems.add(
            "%s: match '%s' matches nothing; there are %s"
                .formatted(rule.place(), rule.match(), Names.of(names())));
      } else if (!rule.isOffCrossbars()) {
        ruleProblems.add(
            "%s: match '%s' matches no weight of two or more dimensions that a rule before it does not match"
                .formatted(rule.place(), rule.match()));
      }
    }
  }
}
