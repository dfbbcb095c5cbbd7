package org.sgsars.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.service.ProcessDefaults;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the simulation. */
@Command(
    name = "simulate.sh",
    mixinStandardHelpOptions = true,
    description = "Runs all services in one thread under faults that seeds draw.",
    usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {
  /** A hundred thousand schedules take more than an hour. */
  private static final long BETWEEN_LINES = 10_000;

  private static final long MOST = 1_000_000_000;

  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many seeds (default: ${DEFAULT-VALUE}).")
  private long seeds;

  @Option(
      names = "--from",
      paramLabel = "S",
      defaultValue = "1",
      description = "The first of them (default: ${DEFAULT-VALUE}).")
  private long from;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Only this seed, with all that happens in its schedule.")
  private @Nullable Long seed;

  @Option(
      names = "--snapshots",
      paramLabel = "WHERE",
      defaultValue = "log",
      description =
          "Where services keep their snapshots: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Snapshots snapshots = Snapshots.LOG;

  public static void main(String... args) {
    ProcessDefaults.set();
    System.exit(commandLine().execute(args));
  }

  /** What is wrong with the arguments is said in one line. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (problem, arguments) -> {
              problem.getCommandLine().getErr().println(problem.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws IOException, ExperimentException {
    requireWithinLimits("--seeds", seeds);
    requireWithinLimits("--from", from);
    Schedules schedules =
        new Schedules(Path.of(System.getProperty("sgsars.project", "."), "simulation"), snapshots);
    long first = seed == null ? from : seed;
    long last = seed == null ? from + seeds - 1 : seed;
    Map<Long, Schedule.Outcome> wrong = new ConcurrentSkipListMap<>();
    AtomicLong steps = new AtomicLong();
    AtomicLong done = new AtomicLong();
    schedules
        .outcomes(first, last)
        .forEach(
            outcome -> {
              steps.addAndGet(outcome.steps());
              long soFar = done.incrementAndGet();
              if (soFar % BETWEEN_LINES == 0) {
                System.err.printf("%d of %d schedules%n", soFar, last - first + 1);
              }
              if (outcome.problem().isPresent() || seed != null) {
                wrong.put(outcome.seed(), outcome);
              }
            });
    wrong.forEach(
        (each, outcome) -> {
          outcome.events().forEach(System.out::println);
          outcome.problem().ifPresent(problem -> System.out.printf("seed %d: %s%n", each, problem));
        });
    long failed = wrong.values().stream().filter(o -> o.problem().isPresent()).count();
    System.out.printf(
        "%d schedules, %d steps: %s%n",
        last - first + 1, steps.get(), failed == 0 ? "all as they should be" : failed + " are not");
    return failed == 0 ? 0 : 1;
  }

  private void requireWithinLimits(String option, long value) {
    if (value < 1 || value > MOST) {
      throw new ParameterException(
          java.util.Objects.requireNonNull(spec).commandLine(),
          "%s is %d; allowed: a whole number from 1 to %d".formatted(option, value, MOST));
    }
  }
}
