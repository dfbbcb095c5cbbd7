package org.sgsars.contract.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.OptimizerSettings;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Policies;
import org.sgsars.contract.policy.Policy;
import org.sgsars.contract.policy.PolicyFamily;

/**
 * A checked experiment file.
 *
 * @param file as the user named it
 * @param text the file's text
 * @param name of the experiment
 * @param seed of everything random
 * @param source where the gradients come from, with its line in the file; its paths are absolute
 * @param iterations of the run, at least 1
 * @param optimizer whose steps are sparsified
 * @param weightDecayLine where the file gives the weight decay, from 1
 * @param report what the report holds
 * @param pipeline how the gradients travel
 * @param scenarios what is compared, at least one
 */
public record Experiment(
    Path file,
    String text,
    String name,
    long seed,
    Located source,
    long iterations,
    OptimizerSettings optimizer,
    int weightDecayLine,
    ReportSettings report,
    PipelineSettings pipeline,
    List<ScenarioChoice> scenarios) {
  private static final long WEAR_REPORTS = 100;

  public Experiment {
    scenarios = List.copyOf(scenarios);
  }

  /**
   * @param selections whether the report lists the selected rows of every iteration
   * @param interval iterations between two wear reports; empty for a hundredth of the run
   */
  public record ReportSettings(boolean selections, OptionalLong interval) {}

  /**
   * @param chunkBytes most bytes of gradient in one record
   * @param maxLead most iterations the producer may be ahead of the slowest consumer; empty for a
   *     number that fits the size of the gradients
   */
  public record PipelineSettings(int chunkBytes, OptionalLong maxLead) {}

  /**
   * One scenario.
   *
   * @param name unique in the file
   * @param sparsifier with its line in the file
   * @param leveller with its line in the file
   * @param crossbarSize rows of one crossbar
   */
  public record ScenarioChoice(
      String name, Located sparsifier, Located leveller, int crossbarSize) {}

  /**
   * @param choice a policy
   * @param line where the file names it, from 1
   */
  public record Located(PolicyChoice choice, int line) {}

  /** The same experiment with another number of iterations. */
  public Experiment withIterations(long other) {
    return new Experiment(
        file,
        text,
        name,
        seed,
        source,
        other,
        optimizer,
        weightDecayLine,
        report,
        pipeline,
        scenarios);
  }

  /** The same experiment on another trace. */
  public Experiment withTrace(Path trace) {
    Settings path = Settings.of(Map.of("path", trace.toAbsolutePath().normalize().toString()));
    Located other = new Located(new PolicyChoice("trace", path), source.line());
    return new Experiment(
        file,
        text,
        name,
        seed,
        other,
        iterations,
        optimizer,
        weightDecayLine,
        report,
        pipeline,
        scenarios);
  }

  /** Iterations between two wear reports. */
  public long wearInterval() {
    return report.interval().orElse((iterations - 1) / WEAR_REPORTS + 1);
  }

  /** What keeps the scenarios from working on these layers; a line for each, naming its place. */
  public List<String> problemsWith(List<LayerShape> layers, Policies policies) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < scenarios.size(); i++) {
      for (LayerShape layer : layers) {
        ScenarioChoice scenario = scenarios.get(i);
        String place = "scenarios[" + i + "]";
        problem(PolicyFamily.SPARSIFIER, scenario.sparsifier(), layer, place, policies)
            .ifPresent(problems::add);
        problem(PolicyFamily.LEVELLER, scenario.leveller(), layer, place, policies)
            .ifPresent(problems::add);
      }
    }
    return problems;
  }

  private Optional<String> problem(
      PolicyFamily family, Located located, LayerShape layer, String place, Policies policies) {
    PolicyChoice choice = located.choice();
    return policies
        .find(family, choice.kind())
        .flatMap((Policy policy) -> policy.problemWith(choice.settings(), layer))
        .map(
            problem ->
                "%s:%d: %s.%s: %s".formatted(file, located.line(), place, family.key(), problem));
  }

  /** The run that this experiment is, on the layers of its source. */
  public RunPlan toPlan(
      String run, long createdAtMs, String sourceDescription, List<LayerShape> layers) {
    List<PolicyChoice> sparsifiers =
        scenarios.stream().map(s -> s.sparsifier().choice()).distinct().toList();
    List<ScenarioPlan> plans =
        scenarios.stream()
            .map(
                s ->
                    new ScenarioPlan(
                        s.name(),
                        sparsifiers.indexOf(s.sparsifier().choice()),
                        s.leveller().choice(),
                        s.crossbarSize()))
            .toList();
    return new RunPlan(
        run,
        name,
        createdAtMs,
        sourceDescription,
        iterations,
        seed,
        optimizer,
        layers,
        sparsifiers,
        plans,
        wearInterval(),
        report.selections(),
        text);
  }
}
