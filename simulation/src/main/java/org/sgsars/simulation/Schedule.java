package org.sgsars.simulation;

import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One run of everything, as a seed draws it: two runs at once under faults; then, in some
 * schedules, a time in which they are retired, and a run that takes the name of one of them.
 */
final class Schedule {
  /** Steps after which whoever is still waiting waits for ever. */
  private static final long MOST_STEPS = 20_000;

  /** Steps that are done after all is done: what comes late may still change a report. */
  private static final int AFTERWARDS = 40;

  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final int MOST_FAULTS = 8;
  private static final int MOST_FAULTS_LATER = 3;
  private static final int STEPS_BETWEEN_FAULTS = 120;
  private static final int STEPS_BETWEEN_LOOKS = 20;

  /** Of each service; more than two have nothing to do until others are gone. */
  private static final List<Integer> COPIES = List.of(2, 2, 3, 2, 4);

  /** One schedule in so many goes on until its runs are retired. */
  private static final int RETIRING_ONE_IN = 4;

  /**
   * The reports of schedules in which nothing goes wrong.
   *
   * @param first of each run
   * @param again of the run that takes another's name
   */
  record Expected(Map<String, String> first, String again) {}

  /**
   * What came of it.
   *
   * @param problem what is not as it should be, for people; empty if all is
   * @param events what happened, in order
   */
  record Outcome(long seed, long steps, Optional<String> problem, List<String> events) {}

  private final long seed;
  private final World world;
  private final Experiments experiments;
  private final List<String> events = new ArrayList<>();
  private final List<Fault> injected = new ArrayList<>();
  private int faultsLeft;

  private Schedule(long seed, World world, Experiments experiments) {
    this.seed = seed;
    this.world = world;
    this.experiments = experiments;
  }

  /** Nothing goes wrong, and there is one instance of each service. */
  static Expected undisturbed(Experiments experiments) throws IOException {
    try (World world = new World(0, experiments, Snapshots.FOLDER, 1, false)) {
      Schedule schedule = new Schedule(0, world, experiments);
      schedule.sendBoth();
      Optional<String> problem = schedule.play("both runs", schedule::areReported);
      Map<String, String> first = new TreeMap<>(world.reports());
      if (problem.isPresent()) {
        throw new IllegalStateException("undisturbed: " + problem.get());
      }
      return new Expected(first, undisturbedAgain(experiments));
    }
  }

  private static String undisturbedAgain(Experiments experiments) throws IOException {
    try (World world = new World(0, experiments, Snapshots.FOLDER, 1, false)) {
      Schedule schedule = new Schedule(0, world, experiments);
      world.send(experiments.again(), Experiments.REPLAY);
      Optional<String> problem = schedule.play("the run", schedule::areReported);
      String report = world.reports().get(Experiments.REPLAY);
      if (problem.isPresent() || report == null) {
        throw new IllegalStateException("undisturbed: " + problem.orElse("no report"));
      }
      return report;
    }
  }

  /** Runs the schedule of a seed. */
  static Outcome run(long seed, Experiments experiments, Snapshots snapshots, Expected expected)
      throws IOException {
    int copies = COPIES.get((int) Math.floorMod(seed, (long) COPIES.size()));
    boolean retires = Math.floorMod(seed / COPIES.size(), (long) RETIRING_ONE_IN) == 0;
    try (World world = new World(seed, experiments, snapshots, copies, retires)) {
      return new Schedule(seed, world, experiments).run(expected, retires);
    }
  }

  private Outcome run(Expected expected, boolean retires) throws IOException {
    sendBoth();
    faultsLeft = 1 + world.draw(MOST_FAULTS);
    Optional<String> problem = await("both runs", expected.first());
    problem = problem.or(this::loss);
    if (problem.isEmpty() && retires) {
      problem = runAgain(expected);
    }
    return new Outcome(seed, world.steps(), problem, List.copyOf(events));
  }

  /**
   * A state that was lost though nothing took away what is needed to make it again: of two that are
   * kept one may be spoiled, as long as the records since the other are there.
   */
  private Optional<String> loss() {
    boolean isDeserved =
        injected.contains(Fault.NO_DISK)
            || injected.contains(Fault.TRIMMED)
            || Collections.frequency(injected, Fault.TORN) > 1;
    return isDeserved
        ? Optional.empty()
        : Stream.of(Experiments.REPLAY, Experiments.TRAINING)
            .flatMap(run -> world.stateLost(run).map(why -> run + " began anew: " + why).stream())
            .findFirst();
  }

  private Optional<String> runAgain(Expected expected) throws IOException {
    world.expireRetention();
    faultsLeft = world.draw(MOST_FAULTS_LATER);
    log("the runs are over for long");
    Optional<String> problem =
        play("retiring the runs", this::isNothingLeft)
            .map(said -> said + "; " + world.leftOfRuns().orElse("nothing is left"));
    if (problem.isPresent()) {
      return problem;
    }
    world.removeProducers();
    world.send(experiments.again(), Experiments.REPLAY);
    faultsLeft = world.draw(MOST_FAULTS_LATER);
    log("another run has the name " + Experiments.REPLAY);
    return await("the run of an old name", Map.of(Experiments.REPLAY, expected.again()));
  }

  private void sendBoth() {
    world.send(experiments.replay(), Experiments.REPLAY);
    world.send(experiments.training(), Experiments.TRAINING);
  }

  private boolean areReported() {
    return world.isSent() && world.reported().size() == world.producers();
  }

  /** Lets steps and faults happen until the runs are sent and their reports are as expected. */
  private Optional<String> await(String what, Map<String, String> expected) throws IOException {
    // A run that begins anew has the report of what it was before, for a while.
    Optional<String> problem = play(what, () -> areReported() && difference(expected).isEmpty());
    return problem.isPresent() && areReported()
        ? difference(expected).or(() -> problem)
        : problem.or(() -> difference(expected));
  }

  private boolean isNothingLeft() {
    return world.leftOfRuns().isEmpty();
  }

  /**
   * Lets steps and faults happen until all is done that is waited for.
   *
   * @return what is wrong, if something is
   */
  private Optional<String> play(String what, BooleanSupplier isDone) throws IOException {
    long until = world.steps() + MOST_STEPS;
    int left = AFTERWARDS;
    boolean isOver = false;
    while (left > 0 && world.steps() < until) {
      if (faultsLeft > 0 && world.draw(STEPS_BETWEEN_FAULTS) == 0) {
        faultsLeft--;
        Fault fault = FAULTS.get(world.draw(FAULTS.size()));
        injected.add(fault);
        log(fault.inject(world));
      }
      world.step().ifPresent(this::log);
      boolean looks = faultsLeft == 0 && world.steps() % STEPS_BETWEEN_LOOKS == 0;
      isOver = isOver || (looks && isDone.getAsBoolean());
      if (isOver) {
        world.calm();
        left--;
      }
    }
    Optional<String> bug = world.bug();
    if (bug.isPresent()) {
      return bug;
    }
    return isOver
        ? Optional.empty()
        : Optional.of(
            "%s: not over after %d steps; reports of %s; %s"
                .formatted(what, MOST_STEPS, world.reported(), world.state()));
  }

  private void log(String event) {
    events.add(
        "step %d, %s: %s"
            .formatted(
                world.steps(),
                Duration.ofNanos(world.time().nanos()).truncatedTo(ChronoUnit.MILLIS),
                event));
  }

  private Optional<String> difference(Map<String, String> expected) {
    Map<String, String> reports = world.reports();
    for (Map.Entry<String, String> wanted : expected.entrySet()) {
      String found = reports.getOrDefault(wanted.getKey(), "");
      if (!wanted.getValue().equals(found)) {
        return Optional.of(
            "the report of %s differs: %s"
                .formatted(wanted.getKey(), difference(wanted.getValue(), found)));
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
