package org.sgsars.experiment;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sgsars.model.LayerList;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.BoundPolicy;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles;
import org.sgsars.policy.SettingsType;

/** Reads the sections of an experiment that choose a policy: its kind and its settings. */
final class PolicyReader {
  private static final List<String> LAYER_KEYS = List.of("name", "rows", "columns");
  private static final String KIND = "kind";

  private final Path file;
  private final Policies policies;
  private final ReadableFolders readable;
  private final List<String> problems;
  private final Set<Path> filesRead = new LinkedHashSet<>();

  /**
   * @param file the experiment's, from whose folder paths start
   * @param readable the folders that it may name files of
   * @param problems where the sections report what is wrong
   */
  PolicyReader(Path file, Policies policies, ReadableFolders readable, List<String> problems) {
    this.file = file;
    this.policies = policies;
    this.readable = readable;
    this.problems = problems;
  }

  /** Other files whose content has become settings, each once, as they were read. */
  List<Path> filesRead() {
    return List.copyOf(filesRead);
  }

  /**
   * Reads a policy.
   *
   * @param others keys of the section that are not the policy's, besides {@code kind}
   * @return nothing if there is none of that kind; its settings may have been reported
   */
  Optional<PolicyChoice> policy(Section section, PolicyFamily family, List<String> others) {
    List<String> kinds = policies.kinds(family);
    Optional<String> kind = section.text(KIND, "one of " + kinds);
    if (!section.has(KIND)) {
      section.report(KIND, "is missing; allowed: one of " + kinds);
    }
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Optional<Policy<?>> found = policies.find(family, kind.get());
    if (found.isEmpty()) {
      section.report(
          KIND,
          "unknown %s '%s'%s; allowed: one of %s"
              .formatted(
                  family.key(),
                  kind.get(),
                  Spelling.closest(kind.get(), kinds)
                      .map(close -> ", did you mean '" + close + "'?")
                      .orElse(""),
                  kinds));
      return Optional.empty();
    }
    return Optional.of(choice(section, found.get(), others));
  }

  private PolicyChoice choice(Section section, Policy<?> policy, List<String> others) {
    List<Parameter> parameters = SettingsType.of(policy).parameters();
    section.allow(
        Stream.of(Stream.of(KIND), parameters.stream().map(Parameter::name), others.stream())
            .flatMap(names -> names)
            .toList());
    int before = problems.size();
    TreeMap<String, Object> values = new TreeMap<>();
    for (Parameter parameter : parameters) {
      value(section, parameter).ifPresent(value -> values.put(parameter.name(), value));
    }
    PolicyChoice choice = new PolicyChoice(policy.kind(), values);
    if (problems.size() > before) {
      return choice;
    }
    BoundPolicy<?> bound = policy.bind(choice);
    Optional<String> problem = bound.problem();
    if (problem.isPresent()) {
      section.report(section.line(), section.path(policy.kind()), problem.get());
      return choice;
    }
    try {
      return bound.withFilesRead(this::table).orElse(choice);
    } catch (SettingFileException e) {
      e.problems()
          .forEach(each -> section.report(section.line(), section.path(policy.kind()), each));
      return choice;
    }
  }

  private SettingFiles.Table table(Path table) throws SettingFileException {
    filesRead.add(table);
    return new CsvFiles().table(table);
  }

  private Optional<Object> value(Section section, Parameter parameter) {
    String name = parameter.name();
    if (!section.has(name)) {
      if (parameter.required()) {
        section.report(name, "is missing; allowed: " + parameter.allowed());
      }
      return parameter.fallback();
    }
    if (parameter.type() == Parameter.Type.LAYERS) {
      return layers(section, parameter).map(Object.class::cast);
    }
    boolean isText = parameter.type().isText();
    Optional<Object> given =
        isText
            ? section.text(name, parameter.allowed()).map(Object.class::cast)
            : section.scalar(name, parameter.allowed());
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Optional<Object> value = parameter.accept(given.get());
    if (value.isEmpty()) {
      section.notAllowed(name, parameter.allowed());
    }
    return parameter.type() == Parameter.Type.PATH
        ? value.flatMap(path -> resolved(path, section, parameter))
        : value;
  }

  /** Layers that stand in the experiment, or in a file that it names. */
  private Optional<String> layers(Section section, Parameter parameter) {
    String name = parameter.name();
    if (section.isList(name)) {
      return layers(section.sections(name, LAYER_KEYS), section, name);
    }
    Optional<Object> path =
        section.text(name, parameter.allowed()).flatMap(text -> resolved(text, section, parameter));
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Path other = Path.of((String) path.get());
    if (!Files.isRegularFile(other)) {
      section.report(name, "there is no file " + other);
      return Optional.empty();
    }
    filesRead.add(other);
    try {
      List<Section> sections =
          Section.list(
              other.toString(),
              YamlText.compose(other, YamlText.read(other)),
              problems,
              LAYER_KEYS);
      return layers(sections, section, name);
    } catch (ExperimentException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private Optional<String> layers(List<Section> sections, Section section, String name) {
    int before = problems.size();
    List<LayerShape> layers = new ArrayList<>();
    for (Section layer : sections) {
      for (String key : LAYER_KEYS) {
        if (!layer.has(key)) {
          layer.report(key, "is missing");
        }
      }
      String layerName = layer.text("name", "a text").orElse("");
      if (layer.has("name") && (layerName.isBlank() || !layerName.matches("\\P{Cntrl}+"))) {
        layer.notAllowed("name", "a text without control characters");
      }
      layers.add(
          new LayerShape(
              layerName,
              (int) layer.wholeNumber("rows", 1, 1, LayerShape.MAX_ROWS),
              (int) layer.wholeNumber("columns", 1, 1, LayerShape.MAX_COLUMNS)));
    }
    if (layers.isEmpty()) {
      section.report(name, "there are none; give at least one");
    }
    if (problems.size() > before) {
      return Optional.empty();
    }
    try {
      LayerShape.requireOwnNames(layers);
      return Optional.of(LayerList.toText(layers));
    } catch (IllegalArgumentException e) {
      section.report(name, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Object> resolved(Object path, Section section, Parameter parameter) {
    Path home = file.toAbsolutePath().getParent();
    try {
      Path other = Path.of((String) path);
      Path resolved = home == null ? other : home.resolve(other).normalize();
      if (!readable.has(resolved)) {
        section.report(
            parameter.name(),
            "leads to %s, which may not be read; allowed: what is in %s"
                .formatted(resolved, readable));
        return Optional.empty();
      }
      return Optional.of(resolved.toString());
    } catch (InvalidPathException e) {
      section.notAllowed(parameter.name(), "a path that this system can have");
      return Optional.empty();
    }
  }
}
