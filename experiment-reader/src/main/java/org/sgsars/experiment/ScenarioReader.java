package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sgsars.experiment.Experiment.Compared;
import org.sgsars.experiment.Experiment.Crossbar;
import org.sgsars.experiment.Experiment.LayerChoice;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.experiment.Ranges.Found;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads an experiment's scenarios, with the crossbars and the device that all of them have. */
final class ScenarioReader {
  private final PolicyReader reader;
  private final Policies policies;
  private final Ranges ranges;

  ScenarioReader(PolicyReader reader, Policies policies) {
    this.reader = reader;
    this.policies = policies;
    this.ranges = new Ranges(policies);
  }

  private static Crossbar crossbar(Section parent, Crossbar fallback) {
    return parent
        .section("crossbar", List.of("size", "spareRows"))
        .map(
            section ->
                new Crossbar(
                    (int)
                        section.wholeNumber(
                            "size", fallback.size(), 1, ScenarioPlan.MAX_CROSSBAR_SIZE),
                    (int)
                        section.wholeNumber(
                            "spareRows", fallback.spareRows(), 0, ScenarioPlan.MAX_CROSSBAR_SIZE)))
        .orElse(fallback);
  }

  private Optional<PolicyChoice> device(Section parent, Optional<PolicyChoice> fallback) {
    Optional<Section> section = parent.section("device", null);
    return section.isPresent()
        ? reader.policy(section.get(), PolicyFamily.DEVICE, List.of())
        : fallback;
  }

  /** All scenarios, those of sweeps one by one; what is wrong is reported. */
  Compared compared(Section top) {
    List<Section> entries =
        top.sections(
            "scenarios",
            List.of(
                "name",
                "sparsifier",
                "leveller",
                "crossbar",
                "device",
                "train",
                LayerRuleReader.KEY));
    if (entries.isEmpty()) {
      top.report("scenarios", "there are none; give at least one");
    }
    List<ScenarioSweep> sweeps =
        entries.stream().map(entry -> new ScenarioSweep(entry, ranges.of(top, entry))).toList();
    boolean isTooMany = ScenarioSweep.reportTooMany(sweeps);
    List<Found> ofAll = ranges.ofAll(top);
    // What every scenario has otherwise has to be right all the same.
    Map<Node, Node> first = Ranges.chosen(ofAll, Collections.nCopies(ofAll.size(), 0));
    Fallback fallback = fallback(top.choosing(first));
    ScenarioSweep.Names names = new ScenarioSweep.Names();
    List<ScenarioChoice> scenarios = new ArrayList<>();
    List<Sweep> swept = new ArrayList<>();
    for (int entry = 0; entry < sweeps.size(); entry++) {
      ScenarioSweep sweep = sweeps.get(entry);
      Optional<String> name = ExperimentFile.name(sweep.section());
      name.ifPresent(given -> names.claim(given, sweep.section()));
      sweep.of(name.orElse(""), scenarios.size()).ifPresent(swept::add);
      for (int point = 0; point < (isTooMany ? 1 : sweep.count()); point++) {
        Map<Node, Node> chosen = new HashMap<>(first);
        chosen.putAll(sweep.chosen(point));
        Optional<String> ofPoint = name;
        if (name.isPresent() && !sweep.ranges().isEmpty()) {
          ofPoint = sweep.name(name.get(), point, names);
        }
        scenario(
                sweep.section().choosing(chosen),
                new Label(ofPoint, entry),
                sweep.ranges().isEmpty() ? fallback : fallback(top.choosing(chosen)))
            .ifPresent(scenarios::add);
      }
    }
    return new Compared(scenarios, swept);
  }

  /** What a scenario has where it says nothing else. */
  private record Fallback(Crossbar crossbar, Optional<PolicyChoice> device) {}

  private Fallback fallback(Section top) {
    return new Fallback(crossbar(top, new Crossbar(128, 0)), device(top, Optional.empty()));
  }

  /** A scenario's name and its entry in the file. */
  private record Label(Optional<String> name, int entry) {}

  private Optional<ScenarioChoice> scenario(Section section, Label label, Fallback fallback) {
    Optional<Section> sparsifier = section.section("sparsifier", null);
    if (sparsifier.isEmpty()) {
      section.report("sparsifier", "is missing; kinds: " + policies.kinds(PolicyFamily.SPARSIFIER));
    }
    Optional<Located> chosen = sparsifier.flatMap(s -> located(s, PolicyFamily.SPARSIFIER));
    Crossbar crossbar = crossbar(section, fallback.crossbar());
    Optional<PolicyChoice> device = device(section, fallback.device());
    Optional<List<Located>> levellers = levellers(section, device.isPresent());
    List<LayerChoice> layers = layers(section, levellers.orElse(List.of()), crossbar, device);
    boolean trains = section.flag("train", false);
    if (label.name().isEmpty() || chosen.isEmpty() || levellers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ScenarioChoice(
            label.name().get(),
            label.entry(),
            chosen.get(),
            levellers.get(),
            crossbar,
            device,
            trains ? section.line("train") : 0,
            layers));
  }

  /** What some layers of a scenario have otherwise. */
  private List<LayerChoice> layers(
      Section scenario, List<Located> levellers, Crossbar crossbar, Optional<PolicyChoice> device) {
    List<LayerChoice> choices = new ArrayList<>();
    if (!scenario.has(LayerRuleReader.KEY)) {
      return choices;
    }
    for (Section section :
        scenario.sections(
            LayerRuleReader.KEY, List.of("match", "leveller", "crossbar", "device", "on"))) {
      Optional<String> match = LayerRuleReader.match(section);
      boolean isDigital = LayerRuleReader.isDigital(section);
      boolean hasSettings =
          section.has("leveller") || section.has("crossbar") || section.has("device");
      if (hasSettings == section.has("on")) {
        section.report(
            "match",
            hasSettings
                ? "what is digital has neither leveller nor crossbar nor device"
                : "says nothing; give leveller, crossbar or device, or on: digital");
      }
      Crossbar ownCrossbar = crossbar(section, crossbar);
      Optional<PolicyChoice> ownDevice = device(section, device);
      Optional<List<Located>> own =
          section.has("leveller")
              ? levellers(section, ownDevice.isPresent())
              : Optional.of(levellers);
      if (match.isPresent() && own.isPresent()) {
        choices.add(
            new LayerChoice(
                match.get(), section.line(), isDigital, own.get(), ownCrossbar, ownDevice));
      }
    }
    return choices;
  }

  /** One leveller or a list of them; nothing if one is wrong, which is reported. */
  private Optional<List<Located>> levellers(Section scenario, boolean onDevice) {
    if (!scenario.has("leveller")) {
      PolicyChoice none = new PolicyChoice(ScenarioPlan.NO_LEVELLER, Map.of());
      return Optional.of(List.of(new Located(none, scenario.line())));
    }
    List<Section> sections = scenario.oneOrMore("leveller");
    List<Located> levellers = new ArrayList<>();
    for (Section section : sections) {
      located(section, PolicyFamily.LEVELLER).ifPresent(levellers::add);
    }
    return sections.isEmpty() || levellers.size() < sections.size()
        ? Optional.empty()
        : Optional.of(levellers.stream().flatMap(of -> meantBy(of, onDevice)).toList());
  }

  private Stream<Located> meantBy(Located leveller, boolean onDevice) {
    return policies.meantBy(PolicyFamily.LEVELLER, leveller.choice(), onDevice).stream()
        .map(choice -> new Located(choice, leveller.line()));
  }

  private Optional<Located> located(Section section, PolicyFamily family) {
    return reader
        .policy(section, family, List.of())
        .map(choice -> new Located(choice, section.line()));
  }
}
