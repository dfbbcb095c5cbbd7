package org.sgsars.producer;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.failure.FailureReason;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.Shard;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.service.PipelineLog;
import org.sgsars.source.BoundSource;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerSource;
import org.sgsars.source.RepeatedSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.SourcePolicy;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;
import org.sgsars.source.trace.TraceFormat;
import org.sgsars.trace.TraceWriter;

/**
 * An experiment that can be started: its source is open and fits everything it asks for.
 *
 * @param experiment the experiment
 * @param plan the run
 * @param source stored gradients, open at their beginning, which give the plan's iterations; or a
 *     training
 * @param recorder keeps the gradients, if they are to be kept
 * @param shard which of the layers are sent
 */
public record PreparedRun(
    Experiment experiment,
    RunPlan plan,
    LayerSource source,
    Optional<GradientSink> recorder,
    Shard shard) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * @param run name of the run; empty for the experiment's name and the time
   * @throws SourceException if the source cannot be read
   * @throws ExperimentException if the experiment does not fit what the source holds, or a program
   *     outside sends its gradients
   */
  public static PreparedRun of(Experiment given, Policies policies, String run, Instant now)
      throws SourceException, ExperimentException {
    String kind = given.source().choice().kind();
    if (policies.has(PolicyFamily.SOURCE, kind, Policy::trainsElsewhere)) {
      throw new ExperimentException(
          List.of(
              "%s:%d: source.kind: '%s' has its gradients sent by the program that trains, such as one with sgsars.Crossbars; start that, beside ./sgs-ars up"
                  .formatted(given.file(), given.source().line(), kind)));
    }
    return checked(given, policies, run, now);
  }

  /**
   * As {@link #of}, but also where a program outside sends the gradients: of such a run the plan
   * alone is of use.
   *
   * @throws SourceException if the source cannot be read
   * @throws ExperimentException if the experiment does not fit what the source holds
   */
  public static PreparedRun checked(Experiment given, Policies policies, String run, Instant now)
      throws SourceException, ExperimentException {
    if (!run.isEmpty() && !RunPlan.isName(run)) {
      throw new ExperimentException(
          List.of("Run name '%s' is not allowed; allowed: %s".formatted(run, RunPlan.NAME_RULE)));
    }
    requireGradients(given, policies);
    LayerSource source = open(given, policies);
    Experiment experiment = given;
    List<String> problems = new ArrayList<>();
    if (source instanceof TrainingSource training) {
      experiment =
          given.epochs().isEmpty() ? given : given.withEpochsOf(training.iterationsPerEpoch());
      problems.addAll(experiment.problemsWithTraining(true, policies));
      if (experiment.iterations() > ExperimentFile.MAX_ITERATIONS) {
        problems.add(
            "%s:%d: source.epochs: %d epochs of %d iterations are %d; allowed: at most %d iterations"
                .formatted(
                    experiment.file(),
                    experiment.source().line(),
                    experiment.epochs().orElse(0),
                    training.iterationsPerEpoch(),
                    experiment.iterations(),
                    ExperimentFile.MAX_ITERATIONS));
      }
    } else {
      problems.addAll(experiment.problemsWithTraining(false, policies));
      if (experiment.iterations() < 1) {
        problems.add(
            "%s:%d: source.epochs: this source has no epochs; give iterations"
                .formatted(experiment.file(), experiment.source().line()));
      }
      checkWeightDecay(experiment, source, problems);
    }
    problems.addAll(experiment.problemsWith(source.layers(), policies));
    if (!problems.isEmpty()) {
      source.close();
      throw new ExperimentException(problems);
    }
    String name = run.isEmpty() ? runName(experiment, now) : run;
    RunPlan plan =
        experiment
            .toPlan(
                name,
                now.toEpochMilli(),
                source.description(),
                source.layers(),
                source instanceof TrainingSource,
                policies)
            .withNotices(source.notices());
    return new PreparedRun(experiment, plan, source, Optional.empty(), Shard.WHOLE);
  }

  /**
   * The same run, whose gradients are kept as a trace.
   *
   * @param file appears when the run has come to its end
   * @throws ExperimentException if every scenario trains, so that there are gradients of several
   *     networks
   */
  public PreparedRun recordedTo(Path file) throws ExperimentException {
    if (plan.trainings() > 1) {
      throw new ExperimentException(
          List.of(
              "%s: closedLoop: each trains a copy for every scenario, and a trace holds the gradients of one; let one steer"
                  .formatted(experiment.file())));
    }
    double decay = source.weightDecay();
    GradientSink sink =
        new TraceWriter(
            file,
            plan.source(),
            new TraceFormat.Parameters(plan.layers(), source.digital()),
            plan.iterations(),
            decay);
    return new PreparedRun(experiment, plan, source, Optional.of(sink), shard);
  }

  /** Name of a run: the experiment's, and the time. */
  static String runName(Experiment experiment, Instant now) {
    return experiment.name() + "-" + TIME.format(now);
  }

  /** The same problem, with the place of the source in the file where the source has it. */
  static SourceException located(Experiment experiment, SourceException problem) {
    return problem.at("%s:%d: source".formatted(experiment.file(), experiment.source().line()));
  }

  /** A source asks for more than there can be, or than this machine has. */
  static SourceException refused(Experiment experiment, Throwable problem) {
    return located(experiment, new SourceException(FailureReason.of(problem), problem));
  }

  /** What the bench is for does not go through the pipeline. */
  private static void requireGradients(Experiment experiment, Policies policies)
      throws ExperimentException {
    if (PreparedBench.isFor(experiment, policies)) {
      throw new ExperimentException(
          List.of(
              "%s:%d: source.kind: '%s' holds selections, not gradients; use ./sgs-ars bench"
                  .formatted(
                      experiment.file(),
                      experiment.source().line(),
                      experiment.source().choice().kind())));
    }
    for (Experiment.ScenarioChoice scenario : experiment.scenarios()) {
      Experiment.Located sparsifier = scenario.sparsifier();
      if (PreparedBench.isGiven(sparsifier.choice(), policies)) {
        throw new ExperimentException(
            List.of(
                "%s:%d: %s.sparsifier.kind: 'given' takes selections from the source, and this one gives gradients; choose another sparsifier"
                    .formatted(experiment.file(), sparsifier.line(), scenario.place())));
      }
      if (PreparedBench.isFollower(sparsifier.choice(), policies)) {
        throw new ExperimentException(
            List.of(
                "%s:%d: %s.sparsifier.pattern: the follower has to know the leveller, which only ./sgs-ars bench passes to it; allowed here: fixed-row, ascend-then-hammer"
                    .formatted(experiment.file(), sparsifier.line(), scenario.place())));
      }
    }
  }

  private static LayerSource open(Experiment experiment, Policies policies) throws SourceException {
    PolicyChoice choice = experiment.source().choice();
    Optional<Policy<?>> found = policies.find(PolicyFamily.SOURCE, choice.kind());
    try {
      if (found.isPresent() && found.get() instanceof TrainingSourcePolicy<?> training) {
        return training
            .bind(choice)
            .open(experiment.optimizer(), experiment.seed(), experiment.layers());
      }
      BoundSource<?> bound =
          policies.require(PolicyFamily.SOURCE, choice.kind(), SourcePolicy.class).bind(choice);
      return new RepeatedSource(() -> bound.open(experiment.layers()), experiment.iterations());
    } catch (SourceException e) {
      throw located(experiment, e);
    } catch (IllegalArgumentException | ArithmeticException | OutOfMemoryError e) {
      throw refused(experiment, e);
    }
  }

  private static void checkWeightDecay(
      Experiment experiment, LayerSource source, List<String> problems) throws SourceException {
    float decay = experiment.optimizer().weightDecay();
    String place =
        "%s:%d: optimizer.weightDecay: %s is not allowed; "
            .formatted(experiment.file(), experiment.weightDecayLine(), decay);
    if (decay != 0 && source.weightDecay() != 0) {
      problems.add(
          place
              + "the gradients of this source already hold a weight decay of "
              + source.weightDecay()
              + "; allowed: 0");
    } else if (decay != 0 && !source.hasWeights()) {
      problems.add(place + "this source has no initial weights to decay; allowed: 0");
    } else if (decay != 0) {
      // Unusable weights should be known before anything starts.
      source.initialWeights();
    }
  }

  /**
   * The same under another name.
   *
   * @param run a name that {@link RunPlan#isName} allows
   */
  public PreparedRun named(String run) {
    return new PreparedRun(experiment, plan.withName(run), source, recorder, shard);
  }

  /**
   * The same run, of which some layers are sent; other producers send the others.
   *
   * @throws ExperimentException if it is a training, or has fewer layers than there are producers
   */
  public PreparedRun shard(Shard of) throws ExperimentException {
    if (!of.isWhole() && source instanceof TrainingSource) {
      throw new ExperimentException(
          List.of(
              "%s:%d: source.kind: '%s' trains all layers in one process, and cannot be sent as shard %s; allowed: a trace or another source of stored gradients"
                  .formatted(
                      experiment.file(),
                      experiment.source().line(),
                      experiment.source().choice().kind(),
                      of)));
    }
    try {
      of.requireLayers(plan.layers().size());
    } catch (IllegalArgumentException e) {
      throw new ExperimentException(List.of(String.valueOf(e.getMessage())));
    }
    return new PreparedRun(experiment, plan, source, recorder, of);
  }

  /** The service that sends it. */
  public RunProducer producer(PipelineLog kafka) {
    return producer(kafka, Optional.empty(), () -> {});
  }

  /**
   * The service that sends it, and resumes it after a restart.
   *
   * @param checkpoints where a training is saved on its way
   * @param sent is called when the run is sent to its end
   */
  public RunProducer producer(
      PipelineLog kafka, Optional<TrainingCheckpoints> checkpoints, Runnable sent) {
    return new RunProducer(
        kafka,
        plan,
        source,
        new RunProducer.Sending(
            experiment.pipeline().chunkBytes(), experiment.pipeline().maxLead(), shard),
        recorder,
        checkpoints,
        sent);
  }
}
