package org.sgsars.producer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.BoundPolicy;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.source.LayerSource;
import org.sgsars.source.Repetition;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SelectionSourcePolicy;
import org.sgsars.source.SourceException;
import org.sgsars.sparsifier.AttackerSparsifier;
import org.sgsars.sparsifier.GivenSparsifier;

/**
 * An experiment on given selections that can be started.
 *
 * @param plan the run
 * @param source what its scenarios write
 */
public record PreparedBench(RunPlan plan, SelectionSource source) {
  /** Whether a sparsifier takes the source's selections. */
  static boolean isGiven(PolicyChoice sparsifier, Policies policies) {
    return settings(sparsifier, policies)
        .filter(GivenSparsifier.Settings.class::isInstance)
        .isPresent();
  }

  /** What an attacker writes, which needs neither gradients nor selections. */
  public static Optional<AttackerSparsifier.Settings> attack(
      PolicyChoice sparsifier, Policies policies) {
    return settings(sparsifier, policies)
        .filter(AttackerSparsifier.Settings.class::isInstance)
        .map(AttackerSparsifier.Settings.class::cast);
  }

  /** Whether a sparsifier is the attacker that has to know the leveller. */
  static boolean isFollower(PolicyChoice sparsifier, Policies policies) {
    return attack(sparsifier, policies).filter(AttackerSparsifier.Settings::isFollower).isPresent();
  }

  private static Optional<Record> settings(PolicyChoice sparsifier, Policies policies) {
    return policies.bind(PolicyFamily.SPARSIFIER, sparsifier).map(BoundPolicy::settings);
  }

  /** Whether an experiment's source holds selections, so that the bench is what runs it. */
  public static boolean isFor(Experiment experiment, Policies policies) {
    return policy(experiment, policies) instanceof SelectionSourcePolicy<?>;
  }

  /**
   * @throws SourceException if the source cannot be read
   * @throws ExperimentException if the experiment is not one for the bench, or does not fit what
   *     the source holds
   */
  public static PreparedBench of(Experiment experiment, Policies policies, Instant now)
      throws SourceException, ExperimentException {
    PolicyChoice choice = experiment.source().choice();
    if (!(policy(experiment, policies) instanceof SelectionSourcePolicy<?> policy)) {
      throw new ExperimentException(
          List.of(
              "%s:%d: source.kind: '%s' gives gradients, and the bench takes selections; use ./sgs-ars run, or one of %s"
                  .formatted(
                      experiment.file(),
                      experiment.source().line(),
                      choice.kind(),
                      selectionKinds(policies))));
    }
    List<String> problems = new ArrayList<>();
    for (Experiment.ScenarioChoice scenario : experiment.scenarios()) {
      Experiment.Located sparsifier = scenario.sparsifier();
      if (!isGiven(sparsifier.choice(), policies)
          && attack(sparsifier.choice(), policies).isEmpty()) {
        problems.add(
            "%s:%d: %s.sparsifier.kind: '%s' needs gradients, and this source holds selections; allowed: given, attacker"
                .formatted(
                    experiment.file(),
                    sparsifier.line(),
                    scenario.place(),
                    sparsifier.choice().kind()));
      }
    }
    SelectionSource source = open(experiment, policy);
    problems.addAll(experiment.problemsWithTraining(false, policies));
    problems.addAll(experiment.problemsWith(source.layers(), policies));
    if (!problems.isEmpty()) {
      throw new ExperimentException(problems);
    }
    RunPlan plan =
        experiment
            .toPlan(
                PreparedRun.runName(experiment, now),
                now.toEpochMilli(),
                source.description(),
                source.layers(),
                false,
                policies)
            .withNotices(notices(experiment, policies, source));
    return new PreparedBench(plan, source);
  }

  private static List<String> notices(
      Experiment experiment, Policies policies, SelectionSource source) {
    List<String> notices = new ArrayList<>(source.notices());
    // Attackers look at no selections.
    if (experiment.scenarios().stream()
        .anyMatch(scenario -> isGiven(scenario.sparsifier().choice(), policies))) {
      Repetition.notice("selections", source.iterations(), experiment.iterations())
          .ifPresent(notices::add);
    }
    return notices;
  }

  private static SelectionSource open(Experiment experiment, SelectionSourcePolicy<?> policy)
      throws SourceException {
    try {
      LayerSource.requireNoRules(experiment.layers(), policy.kind());
      return policy.bind(experiment.source().choice()).open(experiment.seed());
    } catch (SourceException e) {
      throw PreparedRun.located(experiment, e);
    } catch (IllegalArgumentException | ArithmeticException | OutOfMemoryError e) {
      throw PreparedRun.refused(experiment, e);
    }
  }

  private static Policy<?> policy(Experiment experiment, Policies policies) {
    return policies.require(PolicyFamily.SOURCE, experiment.source().choice().kind(), Policy.class);
  }

  private static List<String> selectionKinds(Policies policies) {
    return policies.all(PolicyFamily.SOURCE).stream()
        .filter(SelectionSourcePolicy.class::isInstance)
        .map(Policy::kind)
        .toList();
  }
}
