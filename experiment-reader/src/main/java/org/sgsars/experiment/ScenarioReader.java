package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sgsars.experiment.Experiment.LayerChoice;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.ScenarioChoice;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** Reads an experiment's scenarios, with the crossbars and the device that all of them have. */
final class ScenarioReader {
  private final PolicyReader reader;
  private final Policies policies;

  ScenarioReader(PolicyReader reader, Policies policies) {
    this.reader = reader;
    this.policies = policies;
  }

  private record Crossbar(int size, int spareRows) {}

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

  /** All scenarios; what is wrong is reported. */
  List<ScenarioChoice> scenarios(Section top) {
    Crossbar fallback = crossbar(top, new Crossbar(128, 0));
    Optional<PolicyChoice> fallbackDevice = device(top, Optional.empty());
    List<ScenarioChoice> scenarios = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Section> sections =
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
    if (sections.isEmpty()) {
      top.report("scenarios", "there are none; give at least one");
    }
    for (Section section : sections) {
      Optional<String> name = ExperimentFile.name(section);
      if (name.isPresent() && !names.add(name.get())) {
        section.report("name", "'" + name.get() + "' is taken; every scenario needs its own name");
      }
      Optional<Section> sparsifier = section.section("sparsifier", null);
      if (sparsifier.isEmpty()) {
        section.report(
            "sparsifier", "is missing; kinds: " + policies.kinds(PolicyFamily.SPARSIFIER));
      }
      Optional<Located> chosen = sparsifier.flatMap(s -> located(s, PolicyFamily.SPARSIFIER));
      Crossbar crossbar = crossbar(section, fallback);
      Optional<PolicyChoice> device = device(section, fallbackDevice);
      Optional<List<Located>> levellers = levellers(section, device.isPresent());
      List<LayerChoice> layers = layers(section, levellers.orElse(List.of()), crossbar, device);
      boolean trains = section.flag("train", false);
      if (name.isPresent() && chosen.isPresent() && levellers.isPresent()) {
        scenarios.add(
            new ScenarioChoice(
                name.get(),
                chosen.get(),
                levellers.get(),
                crossbar.size(),
                crossbar.spareRows(),
                device,
                trains ? section.line("train") : 0,
                layers));
      }
    }
    return scenarios;
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
                match.get(),
                section.line(),
                isDigital,
                own.get(),
                ownCrossbar.size(),
                ownCrossbar.spareRows(),
                ownDevice));
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
