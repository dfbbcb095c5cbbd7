package org.sgsars.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
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
  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many seeds, from 1 on (default: ${DEFAULT-VALUE}).")
  private long seeds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Only this seed, with all that happens in its schedule.")
  private @Nullable Long seed;

  public static void main(String... args) {
    ProcessDefaults.set();
    System.exit(commandLine().execute(args));
  }

  /** What is wrong with the arguments is said in one line. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(
            (problem, arguments) -> {
              problem.getCommandLine().getErr().println(problem.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws IOException, ExperimentException {
    if (seeds < 1) {
      throw new ParameterException(
          java.util.Objects.requireNonNull(spec).commandLine(),
          "--seeds is %d; allowed: a whole number of at least 1".formatted(seeds));
    }
    Experiments experiments =
        Experiments.in(Path.of(System.getProperty("sgsars.project", "."), "simulation"));
    Schedule.Expected expected = Schedule.undisturbed(experiments);
    long first = seed == null ? 1 : seed;
    long last = seed == null ? seeds : seed;
    Map<Long, Schedule.Outcome> wrong = new ConcurrentSkipListMap<>();
    AtomicLong steps = new AtomicLong();
    LongStream.rangeClosed(first, last)
        .parallel()
        .mapToObj(each -> run(each, experiments, expected))
        .forEach(
            outcome -> {
              steps.addAndGet(outcome.steps());
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

  private static Schedule.Outcome run(
      long seed, Experiments experiments, Schedule.Expected expected) {
    try {
      return Schedule.run(seed, experiments, expected);
    } catch (IOException e) {
      throw new UncheckedIOException("seed " + seed, e);
    }
  }
}
