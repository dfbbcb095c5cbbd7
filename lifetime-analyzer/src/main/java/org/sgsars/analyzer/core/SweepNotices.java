package org.sgsars.analyzer.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Sweep;

/** Which notices are of one scenario of a sweep, and so may stand together. */
public final class SweepNotices {
  /** A scenario's name has neither colon nor comma. */
  private static final Pattern OF_SCENARIO = Pattern.compile("scenario ([^:, ]+)[:,].*");

  private SweepNotices() {}

  /**
   * The sweep of each notice, in their order; empty for what is not of one scenario of a sweep.
   *
   * @param notices of the run
   */
  public static List<Optional<Sweep>> sweeps(RunPlan plan, List<String> notices) {
    Map<String, Sweep> ofScenarios = new HashMap<>();
    for (int i = 0; i < plan.scenarios().size(); i++) {
      String name = plan.scenarios().get(i).name();
      plan.sweepOf(i).ifPresent(sweep -> ofScenarios.put(name, sweep));
    }
    return notices.stream()
        .map(OF_SCENARIO::matcher)
        .map(of -> of.matches() ? sweep(of, ofScenarios) : Optional.<Sweep>empty())
        .toList();
  }

  private static Optional<Sweep> sweep(Matcher of, Map<String, Sweep> ofScenarios) {
    return Optional.ofNullable(ofScenarios.get(of.group(1)));
  }
}
