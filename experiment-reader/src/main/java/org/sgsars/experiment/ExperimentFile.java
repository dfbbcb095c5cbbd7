package org.sgsars.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.sgsars.experiment.Experiment.ClosedLoop;
import org.sgsars.experiment.Experiment.Compared;
import org.sgsars.experiment.Experiment.Located;
import org.sgsars.experiment.Experiment.PipelineSettings;
import org.sgsars.experiment.Experiment.ReportSettings;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** Reads experiment files; docs/EXPERIMENT.md says what they may hold. */
public final class ExperimentFile {
  private static final String NAME_RULE =
      "1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit";
  static final String NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
  static final long LEAST_CHUNK = 4;
  static final long MOST_CHUNK = 8 << 20;
  static final long DEFAULT_CHUNK = 1 << 20;
  private static final String ITERATIONS = "iterations";
  private static final String EPOCHS = "epochs";
  private static final String ACCURACY_INTERVAL = "accuracyInterval";
  private static final String CLOSED_LOOP = "closedLoop";
  static final long MAX_EPOCHS = 1_000_000;
  static final Section.Limits MOMENTUM = new Section.Limits(0, 1, true);
  static final Section.Limits DAMPENING = Section.Limits.of(0, 1);
  static final Section.Limits LEARNING_RATE = Section.Limits.of(1e-10, 1e6);
  static final Section.Limits WEIGHT_DECAY = Section.Limits.of(0, 1);
  static final Section.Limits SECONDS = Section.Limits.of(1e-12, 1e9);

  /** Longest run, in iterations. */
  public static final long MAX_ITERATIONS = 1_000_000_000_000L;

  private final Path file;
  private final String text;
  private final Policies policies;
  private final List<String> problems = new ArrayList<>();
  private final PolicyReader reader;

  private ExperimentFile(Path file, String text, Policies policies, ReadableFolders readable) {
    this.file = file;
    this.text = text;
    this.policies = policies;
    this.reader = new PolicyReader(file, policies, readable, problems);
  }

  /** Reads and checks a file, which may name any other. */
  public static Experiment read(Path file, Policies policies) throws ExperimentException {
    return read(file, policies, ReadableFolders.ALL);
  }

  /**
   * Reads and checks a file.
   *
   * @param readable the folders that it may name files of
   * @throws ExperimentException with everything that is wrong, in the order of the file; each line
   *     names file, line, key, value and what is allowed
   */
  public static Experiment read(Path file, Policies policies, ReadableFolders readable)
      throws ExperimentException {
    ExperimentFile reading = new ExperimentFile(file, YamlText.read(file), policies, readable);
    Optional<Experiment> experiment = reading.experiment();
    if (!reading.problems.isEmpty() || experiment.isEmpty()) {
      reading.problems.sort(Comparator.comparingInt(ExperimentFile::lineOf));
      throw new ExperimentException(reading.problems);
    }
    return experiment.get();
  }

  private static int lineOf(String problem) {
    var matcher = java.util.regex.Pattern.compile(":(\\d+): ").matcher(problem);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private Optional<Experiment> experiment() throws ExperimentException {
    Section top =
        new Section(
            file.toString(),
            "",
            YamlText.compose(file, text),
            problems,
            List.of(
                "name",
                "seed",
                "source",
                "optimizer",
                "crossbar",
                "device",
                "time",
                "report",
                "pipeline",
                "closedLoop",
                LayerRuleReader.KEY,
                "scenarios"));
    Optional<String> name = name(top);
    long seed = top.wholeNumber("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    Optional<Section> source = top.section("source", null);
    if (source.isEmpty()) {
      top.report("source", "is missing; it says where the gradients come from");
    }
    Optional<PolicyChoice> sourceChoice =
        source.flatMap(
            section -> reader.policy(section, PolicyFamily.SOURCE, List.of(ITERATIONS, EPOCHS)));
    boolean countsEpochs = has(sourceChoice, Policy::countsEpochs);
    boolean trainsElsewhere = has(sourceChoice, Policy::trainsElsewhere);
    OptionalLong epochs = source.map(s -> epochs(s, countsEpochs)).orElse(OptionalLong.empty());
    long iterations =
        epochs.isPresent() ? 0 : source.map(s -> iterations(s, countsEpochs)).orElse(1L);
    List<LayerRule> layers = LayerRuleReader.read(top);
    OptimizerSettings optimizer = trainsElsewhere ? ofAnotherProgram(top) : optimizer(top);
    int decayLine =
        top.section("optimizer", null).map(section -> section.line("weightDecay")).orElse(0);
    ScenarioReader scenarioReader = new ScenarioReader(reader, policies);
    ReportSettings report = report(top);
    PipelineSettings pipeline = pipeline(top);
    RunPlan.IterationTime time = time(top);
    ClosedLoop closedLoop = closedLoop(top);
    Compared compared = scenarioReader.compared(top);
    if (name.isEmpty() || sourceChoice.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Experiment(
            new Experiment.Origin(file, text, name.get(), reader.filesRead()),
            seed,
            new Experiment.Input(
                new Located(sourceChoice.get(), source.map(Section::line).orElse(0)), layers),
            new Experiment.Length(iterations, epochs, time),
            new Experiment.Steps(optimizer, decayLine),
            new Experiment.RunSettings(report, pipeline),
            closedLoop,
            compared));
  }

  private boolean has(Optional<PolicyChoice> source, Predicate<Policy<?>> property) {
    return source
        .filter(choice -> policies.has(PolicyFamily.SOURCE, choice.kind(), property))
        .isPresent();
  }

  static Optional<String> name(Section section) {
    if (!section.has("name")) {
      section.report("name", "is missing; allowed: " + NAME_RULE);
      return Optional.empty();
    }
    Optional<String> name = section.text("name", NAME_RULE);
    if (name.isPresent() && !name.get().matches(NAME)) {
      section.notAllowed("name", NAME_RULE);
    }
    return name;
  }

  private static OptionalLong epochs(Section source, boolean countsEpochs) {
    if (!source.has(EPOCHS)) {
      return OptionalLong.empty();
    }
    if (!countsEpochs) {
      source.report(EPOCHS, "this source has no epochs; give iterations");
    } else if (source.has(ITERATIONS)) {
      source.report(EPOCHS, "says how long the run is, and so does iterations; give one of them");
    }
    return OptionalLong.of(source.wholeNumber(EPOCHS, 1, 1, MAX_EPOCHS));
  }

  private static long iterations(Section source, boolean countsEpochs) {
    if (!source.has(ITERATIONS)) {
      source.report(
          ITERATIONS,
          "is missing; allowed: a whole number from 1 to %d%s"
              .formatted(MAX_ITERATIONS, countsEpochs ? ", or epochs instead" : ""));
    }
    return source.wholeNumber(ITERATIONS, 1, 1, MAX_ITERATIONS);
  }

  /**
   * What another program trains comes as whole steps of its optimizer, taken as they are.
   *
   * @return the optimizer that makes them so
   */
  private static OptimizerSettings ofAnotherProgram(Section top) {
    if (top.has("optimizer")) {
      top.report("optimizer", "the program that trains has its own; leave it out");
    }
    if (top.has(CLOSED_LOOP)) {
      top.report(CLOSED_LOOP, "the program trains one network; mark a scenario by train: true");
    }
    top.section("report", null)
        .filter(report -> report.has(ACCURACY_INTERVAL))
        .ifPresent(
            report ->
                report.report(
                    ACCURACY_INTERVAL, "the program tests when it wants to; leave it out"));
    top.section("pipeline", null)
        .filter(pipeline -> pipeline.has("wire"))
        .ifPresent(pipeline -> pipeline.report("wire", "the program sends f32; leave it out"));
    return new OptimizerSettings(0, 1, 0);
  }

  private static OptimizerSettings optimizer(Section top) {
    Optional<Section> section =
        top.section(
            "optimizer",
            List.of(
                "momentum",
                "dampening",
                "nesterov",
                "learningRate",
                "weightDecay",
                "learningRateSteps"));
    if (section.isEmpty()) {
      return new OptimizerSettings(0.9f, 0.1f, 0);
    }
    Section optimizer = section.get();
    return new OptimizerSettings(
        momentum(optimizer),
        optimizer.number("learningRate", 0.1f, LEARNING_RATE),
        optimizer.number("weightDecay", 0, WEIGHT_DECAY),
        learningRateSteps(optimizer));
  }

  private static Momentum momentum(Section optimizer) {
    float factor = optimizer.number("momentum", 0.9f, MOMENTUM);
    float dampening = optimizer.number("dampening", 0, DAMPENING);
    boolean nesterov = optimizer.flag("nesterov", false);
    if (nesterov && !Momentum.allowsNesterov(factor, dampening)) {
      optimizer.notAllowed("nesterov", Momentum.NESTEROV_RULE);
      return new Momentum(factor, dampening, false);
    }
    return new Momentum(factor, dampening, nesterov);
  }

  private static List<LearningRateStep> learningRateSteps(Section optimizer) {
    List<LearningRateStep> steps = new ArrayList<>();
    if (!optimizer.has("learningRateSteps")) {
      return steps;
    }
    for (Section step : optimizer.sections("learningRateSteps", List.of("from", "learningRate"))) {
      for (String key : List.of("from", "learningRate")) {
        if (!step.has(key)) {
          step.report(key, "is missing");
        }
      }
      long before = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).fromIteration();
      long from = step.wholeNumber("from", before + 1, before + 1, MAX_ITERATIONS);
      float rate = step.number("learningRate", 0.1f, LEARNING_RATE);
      steps.add(new LearningRateStep(from, rate));
    }
    return steps;
  }

  private static ClosedLoop closedLoop(Section top) {
    if (!top.has(CLOSED_LOOP)) {
      return new ClosedLoop(false, 0);
    }
    String allowed = "one of [one, each]";
    Optional<String> given = top.text(CLOSED_LOOP, allowed);
    if (given.isPresent() && !given.get().equals("one") && !given.get().equals("each")) {
      top.notAllowed(CLOSED_LOOP, allowed);
    }
    return new ClosedLoop(given.filter("each"::equals).isPresent(), top.line(CLOSED_LOOP));
  }

  private static ReportSettings report(Section top) {
    Optional<Section> section =
        top.section("report", List.of("selections", "interval", ACCURACY_INTERVAL));
    boolean selections = section.map(s -> s.flag("selections", false)).orElse(false);
    return new ReportSettings(
        selections, positive(section, "interval"), positive(section, ACCURACY_INTERVAL));
  }

  private static PipelineSettings pipeline(Section top) {
    Optional<Section> section = top.section("pipeline", List.of("chunkBytes", "maxLead", "wire"));
    long chunkBytes =
        section
            .map(s -> s.wholeNumber("chunkBytes", DEFAULT_CHUNK, LEAST_CHUNK, MOST_CHUNK))
            .orElse(DEFAULT_CHUNK);
    return new PipelineSettings((int) chunkBytes, positive(section, "maxLead"), wire(section));
  }

  private static GradientFormat wire(Optional<Section> section) {
    if (section.isEmpty() || !section.get().has("wire")) {
      return GradientFormat.F32;
    }
    String allowed = "one of " + GradientFormat.keys();
    Optional<GradientFormat> wire = section.get().text("wire", allowed).flatMap(GradientFormat::of);
    if (wire.isEmpty()) {
      section.get().notAllowed("wire", allowed);
    }
    return wire.orElse(GradientFormat.F32);
  }

  private static OptionalLong positive(Optional<Section> section, String key) {
    return section.isPresent() && section.get().has(key)
        ? OptionalLong.of(section.get().wholeNumber(key, 1, 1, MAX_ITERATIONS))
        : OptionalLong.empty();
  }

  private static RunPlan.IterationTime time(Section top) {
    Optional<Section> section =
        top.section("time", List.of("iterationsPerEpoch", "secondsPerIteration"));
    OptionalDouble seconds = OptionalDouble.empty();
    if (section.isPresent() && section.get().has("secondsPerIteration")) {
      float given = section.get().number("secondsPerIteration", 1, SECONDS);
      // As it was written: 0.1 and not its float32 neighbour.
      seconds = OptionalDouble.of(Double.parseDouble(Float.toString(given)));
    }
    return new RunPlan.IterationTime(positive(section, "iterationsPerEpoch"), seconds);
  }
}
