package org.sgsars.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.sgsars.file.Folders;
import org.sgsars.service.ProcessDefaults;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts more on the services than they can carry, and many runs one after the other. */
@Command(
    name = "load.sh",
    description = {
      "Runs with services that are ten times slower than their producer, then many small runs on one set of services.",
      "Prints what they take of memory and disk; exit code 1 if a report differs or something is left."
    },
    mixinStandardHelpOptions = true)
public final class Load implements java.util.concurrent.Callable<Integer> {
  private static final Path PROJECT = Path.of(System.getProperty("sgsars.project", "."));

  /** Saved states lie in folders, so that they can be told from the topics. */
  static final ClusterShape SHAPE = new ClusterShape(1, ClusterShape.Store.FOLDER);

  private static final long SHARE = 10;
  private static final double CAUTION = 0.8;
  private static final double MARGIN = 1.1;
  private static final long FIRST_GUESS = 20_000;
  private static final long SMALL = 300;

  @Option(
      names = "--minutes",
      description =
          "How long the slow run is to take at least; 0 for none (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private int minutes;

  @Option(
      names = "--runs",
      description = "How many small runs in a row; 0 for none (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  private int runs;

  @Option(
      names = "--at-once",
      description = "How many small runs at once after them (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int atOnce;

  public static void main(String[] args) {
    ProcessDefaults.set();
    System.exit(new CommandLine(new Load()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("sgs-ars-load-");
    Path experiment = PROJECT.resolve("chaos/experiment.yml");
    List<String> wrong = new ArrayList<>();
    if (minutes > 0) {
      slow(experiment, work, wrong);
    }
    if (runs > 0) {
      String expected = Main.undisturbed(experiment, SMALL, work.resolve("small"));
      wrong.addAll(
          new ManyRuns(
                  PROJECT, work.resolve("many"), experiment, SMALL, expected, System.out::println)
              .run(runs, atOnce));
    }
    if (wrong.isEmpty()) {
      Folders.delete(work);
      System.out.println("all reports are those of undisturbed runs, and nothing is left");
      return 0;
    }
    wrong.forEach(System.out::println);
    System.out.println("everything that is left is in " + work);
    return 1;
  }

  private void slow(Path experiment, Path work, List<String> wrong) throws Exception {
    long iterations = FIRST_GUESS;
    String expected = "";
    double seconds = 0;
    // Services that share processors with others are not slowed down by quite as much as asked for.
    double wanted = TimeUnit.MINUTES.toSeconds(minutes) / (SHARE * CAUTION);
    while (seconds < wanted) {
      iterations = seconds == 0 ? iterations : (long) (iterations * MARGIN * wanted / seconds);
      long start = System.nanoTime();
      expected =
          Main.undisturbed(experiment, iterations, work.resolve("undisturbed-" + iterations));
      seconds = (System.nanoTime() - start) / 1e9;
    }
    System.out.printf(
        Locale.ROOT, "undisturbed run of %d iterations: %.0f s%n", iterations, seconds);
    long start = System.nanoTime();
    String report =
        new SlowRun(PROJECT, work.resolve("slow"), System.out::println)
            .run(experiment, iterations, Duration.ofMinutes(10L * minutes));
    boolean same = ChaosRun.timeless(report).equals(expected);
    System.out.printf(
        Locale.ROOT,
        "slow run: %.1f times as long, %s report%n",
        (System.nanoTime() - start) / 1e9 / seconds,
        same ? "the same" : "NOT the same");
    if (!same) {
      wrong.add("the slow run's report is not that of an undisturbed run");
    }
  }
}
