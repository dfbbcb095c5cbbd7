package org.sgsars.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.experiment.Experiment;
import org.sgsars.policy.Policies;

/** One run of everything, as a seed draws it. */
final class Schedule {
  /** Steps after which whoever is still waiting waits for ever. */
  private static final long MOST_STEPS = 60_000;

  /** Steps that are done after all is done: what comes late may still change a report. */
  private static final int AFTERWARDS = 150;

  private static final int MOST_FAULTS = 8;
  private static final int STEPS_BETWEEN_FAULTS = 120;

  /**
   * What came of it.
   *
   * @param problem what is not as it should be, for people; empty if all is
   * @param events what happened, in order
   * @param reports of each run
   */
  record Outcome(
      long seed,
      long steps,
      Optional<String> problem,
      List<String> events,
      Map<String, String> reports) {}

  private final long seed;
  private final World world;
  private final int runs;
  private final Map<String, String> expected;
  private final List<String> events = new ArrayList<>();
  private int faultsLeft;

  private Schedule(
      long seed, World world, int runs, Map<String, String> expected, boolean isDisturbed) {
    this.seed = seed;
    this.world = world;
    this.runs = runs;
    this.expected = expected;
    this.faultsLeft = isDisturbed ? 1 + world.draw(MOST_FAULTS) : 0;
  }

  /** The reports of an undisturbed schedule, of as many runs. */
  static Map<String, String> undisturbed(Experiment experiment, Policies policies, int runs)
      throws IOException {
    try (World world = new World(0, experiment, policies, runs, 1)) {
      Outcome outcome = new Schedule(0, world, runs, Map.of(), false).run();
      if (outcome.problem().isPresent()) {
        throw new IllegalStateException(
            "undisturbed: %s%n%s"
                .formatted(outcome.problem().get(), String.join("\n", outcome.events())));
      }
      return outcome.reports();
    }
  }

  /**
   * Runs the schedule of a seed.
   *
   * @param expected the report of each run
   */
  static Outcome run(
      long seed, Experiment experiment, Policies policies, Map<String, String> expected)
      throws IOException {
    int copies = 2 + (int) Math.floorMod(seed, 3L);
    try (World world = new World(seed, experiment, policies, expected.size(), copies)) {
      return new Schedule(seed, world, expected.size(), expected, true).run();
    }
  }

  private Outcome run() throws IOException {
    int left = AFTERWARDS;
    while (left > 0 && world.steps() < MOST_STEPS) {
      if (faultsLeft > 0 && world.draw(STEPS_BETWEEN_FAULTS) == 0) {
        faultsLeft--;
        List<Fault> faults = List.of(Fault.values());
        note(faults.get(world.draw(faults.size())).happen(world));
      }
      world.step().ifPresent(this::note);
      if (isOver()) {
        world.calm();
        left--;
      }
    }
    return new Outcome(
        seed, world.steps(), problem(left), List.copyOf(events), new TreeMap<>(world.reports()));
  }

  private boolean isOver() {
    return faultsLeft == 0 && world.isSent() && world.reports().size() == runs;
  }

  private void note(String event) {
    events.add(
        "step %d, %s: %s"
            .formatted(
                world.steps(),
                Duration.ofNanos(world.time().nanos())
                    .truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                event));
  }

  private Optional<String> problem(int left) {
    if (left > 0) {
      return Optional.of(
          "not over after %d steps; reports of %s of %d runs; %s"
              .formatted(world.steps(), world.reports().keySet(), runs, world.state()));
    }
    for (Map.Entry<String, String> report : world.reports().entrySet()) {
      String wanted = expected.get(report.getKey());
      if (wanted != null && !wanted.equals(report.getValue())) {
        return Optional.of(
            "the report of %s differs: %s"
                .formatted(report.getKey(), difference(wanted, report.getValue())));
      }
      if (expected.isEmpty() && !report.getValue().contains("\"complete\" : true")) {
        return Optional.of("the report of %s is not complete".formatted(report.getKey()));
      }
    }
    return Optional.empty();
  }

  private static String difference(String wanted, String found) {
    String[] ofWanted = wanted.split("\n", -1);
    String[] ofFound = found.split("\n", -1);
    for (int line = 0; line < Math.min(ofWanted.length, ofFound.length); line++) {
      if (!ofWanted[line].equals(ofFound[line])) {
        return "line %d: %s instead of %s".formatted(line + 1, ofFound[line], ofWanted[line]);
      }
    }
    return "%d lines instead of %d".formatted(ofFound.length, ofWanted.length);
  }
}
