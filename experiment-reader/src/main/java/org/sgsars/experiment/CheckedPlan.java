package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.sgsars.device.SizeLimits;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;
import org.sgsars.policy.WearFeedback;

/**
 * A run as a service may rely on it, whoever announced it: settings that its manifest leaves out
 * have their policy's default, and what is not allowed is said.
 *
 * <p>Only policies that are on the service's class path are looked at. Of another the service that
 * needs it says that it is unknown.
 *
 * @param plan the run, with defaults filled in
 * @param problem everything that is not allowed, for people; then no record of the run is to be
 *     used
 */
public record CheckedPlan(RunPlan plan, Optional<String> problem) {
  /** Looks at a run's policies and their settings. Never throws for what a policy throws. */
  public static CheckedPlan of(RunPlan given, Policies policies) {
    return new Check(given, policies).checked();
  }

  private static final class Check {
    private final RunPlan given;
    private final Policies policies;

    /** Each once: a sparsifier has as many scenarios as name it. */
    private final Set<String> problems = new LinkedHashSet<>();

    Check(RunPlan given, Policies policies) {
      this.given = given;
      this.policies = policies;
    }

    CheckedPlan checked() {
      List<PolicyChoice> sparsifiers = new ArrayList<>();
      for (PolicyChoice choice : given.sparsifiers()) {
        // Two services go by this setting, and only one of them has the sparsifier.
        WearFeedback.problemWith(choice).ifPresent(problems::add);
        sparsifiers.add(filled(PolicyFamily.SPARSIFIER, choice));
      }
      List<ScenarioPlan> scenarios = new ArrayList<>();
      for (ScenarioPlan scenario : given.scenarios()) {
        scenarios.add(
            scenario
                .with(
                    levellers(scenario.levellers(), scenario.device()),
                    scenario.device().map(choice -> filled(PolicyFamily.DEVICE, choice)))
                .with(
                    scenario
                        .exceptions()
                        .map(
                            settings ->
                                settings.with(
                                    levellers(settings.levellers(), settings.device()),
                                    settings
                                        .device()
                                        .map(choice -> filled(PolicyFamily.DEVICE, choice))))));
      }
      RunPlan plan = given.with(sparsifiers, scenarios);
      if (problems.isEmpty()) {
        IntStream.range(0, scenarios.size()).forEach(scenario -> checkRules(plan, scenario));
      }
      if (problems.isEmpty()) {
        scenarios.forEach(scenario -> checkArrays(plan, scenario));
        IntStream.range(0, scenarios.size()).forEach(scenario -> checkSizes(plan, scenario));
      }
      return new CheckedPlan(
          plan,
          problems.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  "the run's manifest is refused: %s".formatted(String.join("; ", problems))));
    }

    private List<PolicyChoice> levellers(List<PolicyChoice> given, Optional<PolicyChoice> device) {
      return given.stream()
          .map(choice -> filled(PolicyFamily.LEVELLER, choice))
          .flatMap(
              choice ->
                  policies.meantBy(PolicyFamily.LEVELLER, choice, device.isPresent()).stream())
          .toList();
    }

    private PolicyChoice filled(PolicyFamily family, PolicyChoice choice) {
      Optional<Policy<?>> policy = policies.find(family, choice.kind());
      if (policy.isEmpty()) {
        return choice;
      }
      try {
        return checked(policy.get(), choice);
      } catch (RuntimeException | Error e) {
        problems.add(String.valueOf(PolicyFailure.of(family, choice.kind(), e).getMessage()));
        return choice;
      }
    }

    private PolicyChoice checked(Policy<?> policy, PolicyChoice choice) {
      SettingsType.Filled filled = SettingsType.of(policy).fill(choice.settings());
      problems.addAll(filled.problems());
      PolicyChoice checked = choice.with(filled.values());
      if (filled.problems().isEmpty()) {
        policy
            .bind(checked)
            .problem()
            .ifPresent(
                problem ->
                    problems.add(
                        "%s '%s': %s".formatted(policy.family().key(), policy.kind(), problem)));
      }
      return checked;
    }

    /** What excludes each other in an experiment does so in a manifest. */
    private void checkRules(RunPlan plan, int index) {
      ScenarioPlan scenario = plan.scenarios().get(index);
      ScenarioRules rules = new ScenarioRules(scenario, plan.sparsifierOf(scenario));
      try {
        List<ScenarioRules.Problem> found = new ArrayList<>();
        if (plan.trains(index)) {
          found.addAll(rules.ofTraining(policies));
        }
        rules.ofCrossLayer(policies).ifPresent(found::add);
        found.addAll(rules.ofTests());
        found.addAll(rules.ofLayers());
        ScenarioRules.ofAllDigital(scenario, plan.layers().size()).ifPresent(found::add);
        found.addAll(rules.ofMissingDevices(policies));
        found.forEach(problem -> problems.add(message(scenario, problem)));
      } catch (PolicyFailure e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }

    private static String message(ScenarioPlan scenario, ScenarioRules.Problem problem) {
      StringBuilder place = new StringBuilder("scenario ").append(scenario.name());
      if (problem.settings() != ScenarioRules.OF_SCENARIO) {
        String match = scenario.exceptions().settings().get(problem.settings()).match();
        place.append(", layers '").append(match).append("'");
      }
      if (!problem.key().isEmpty()) {
        place.append(", ").append(problem.key());
      }
      return place + ": " + problem.text();
    }

    private void checkArrays(RunPlan plan, ScenarioPlan scenario) {
      for (int layer = 0; layer < plan.layers().size(); layer++) {
        if (scenario.isDigital(layer)) {
          continue;
        }
        ScenarioPlan own = scenario.forLayer(layer);
        ArrayShape array = own.array(plan.layers().get(layer));
        check(PolicyFamily.SPARSIFIER, plan.sparsifierOf(scenario), array, scenario);
        own.levellers().forEach(choice -> check(PolicyFamily.LEVELLER, choice, array, scenario));
      }
    }

    /** Counts and sums are exact, or the run is refused. */
    private void checkSizes(RunPlan plan, int index) {
      ScenarioPlan scenario = plan.scenarios().get(index);
      try {
        SizeLimits.problemsWith(
                scenario,
                plan.layers(),
                of ->
                    SizeLimits.Use.of(
                        of, plan.sparsifierOf(scenario), plan.trains(index), plan.seed(), policies),
                plan.iterations())
            .forEach(
                problem -> problems.add("scenario %s, %s".formatted(scenario.name(), problem)));
      } catch (PolicyFailure | IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }

    private void check(
        PolicyFamily family, PolicyChoice choice, ArrayShape array, ScenarioPlan scenario) {
      try {
        policies
            .bind(family, choice)
            .flatMap(policy -> policy.problemWith(array))
            .ifPresent(
                problem ->
                    problems.add(
                        "scenario %s, %s: %s".formatted(scenario.name(), family.key(), problem)));
      } catch (RuntimeException | Error e) {
        problems.add(String.valueOf(PolicyFailure.of(family, choice.kind(), e).getMessage()));
      }
    }
  }
}
