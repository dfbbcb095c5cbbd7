package org.sgsars.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.file.Folders;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.ProcessDefaults;
import org.sgsars.standalone.PipelineRun;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs under faults, one after the other, until the time is over. */
@Command(
    name = "chaos.sh",
    description =
        "Makes faults happen to runs of separate processes, and compares each report with that of an undisturbed run.",
    mixinStandardHelpOptions = true)
public final class Main implements java.util.concurrent.Callable<Integer> {
  private static final Path PROJECT = Path.of(System.getProperty("sgsars.project", "."));

  @Option(
      names = "--minutes",
      description = "No run begins after so many minutes (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private int minutes;

  @Option(
      names = "--seed",
      description = "Of the first run; those after it count on (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private long seed;

  @Option(
      names = "--iterations",
      description = "Of each run (default: ${DEFAULT-VALUE}).",
      defaultValue = "20000")
  private long iterations;

  @Option(
      names = "--faults",
      description = "Most faults of each run (default: ${DEFAULT-VALUE}).",
      defaultValue = "25")
  private int faults;

  @Option(
      names = "--experiment",
      paramLabel = "FILE",
      description = "The experiment of each run (default: chaos/experiment.yml).")
  private @Nullable Path experiment;

  @Option(
      names = "--brokers",
      description =
          "1, or 3 with three replicas of every record, of which one may be lost (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int brokers;

  @Option(
      names = "--store",
      description =
          "Where services keep their state: kafka, in the broker; or folder, which the instances of a service share"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "kafka")
  private ClusterShape.Store store = ClusterShape.Store.KAFKA;

  public static void main(String[] args) {
    ProcessDefaults.set();
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    ClusterShape shape = new ClusterShape(brokers, store);
    Path work = Files.createTempDirectory("sgs-ars-chaos-");
    Path file =
        experiment == null ? PROJECT.resolve("chaos/experiment.yml") : experiment.toAbsolutePath();
    System.out.printf("undisturbed run of %d iterations%n", iterations);
    ChaosRun.Settings settings =
        new ChaosRun.Settings(
            PROJECT,
            shape,
            file,
            iterations,
            undisturbed(file, iterations, work.resolve("undisturbed")),
            new ChaosRun.Faults(Fault.of(shape), faults, 5000, true),
            Duration.ofMinutes(10),
            true);
    long by = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    Map<Fault, Integer> all = new EnumMap<>(Fault.class);
    int runs = 0;
    int lost = 0;
    int exits = 0;
    Duration time = Duration.ZERO;
    while (System.nanoTime() < by) {
      long runSeed = seed + runs;
      runs++;
      System.out.printf("run %d, seed %d%n", runs, runSeed);
      Path folder = work.resolve("seed-" + runSeed);
      ChaosRun.Outcome outcome =
          new ChaosRun(settings, runSeed, folder, line -> System.out.println("  " + line)).run();
      outcome.faults().forEach((fault, count) -> all.merge(fault, count, Integer::sum));
      exits += outcome.ownExits();
      time = time.plus(outcome.duration());
      System.out.printf(
          Locale.ROOT,
          "run %d, seed %d: %d faults, %d s, %s%n",
          runs,
          runSeed,
          outcome.faults().values().stream().mapToInt(count -> count).sum(),
          outcome.duration().toSeconds(),
          outcome.sameReport() ? "the same report" : "NOT the same report: " + outcome.problem());
      if (outcome.sameReport()) {
        Folders.delete(folder);
      } else {
        lost++;
        System.out.println("everything it left is in " + folder);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d runs in %d minutes: %d with the same report as the undisturbed run, %d without%n",
        runs,
        time.toMinutes(),
        runs - lost,
        lost);
    all.forEach((fault, count) -> System.out.printf("%6d  %s%n", count, fault.what()));
    System.out.printf("%6d  times a process ended by itself, and was started again%n", exits);
    return lost == 0 ? 0 : 1;
  }

  /** The report of a run to which nothing happens, without its times. */
  static String undisturbed(Path experiment, long iterations, Path folder) throws Exception {
    Policies policies = Policies.onClassPath();
    PreparedRun run =
        PreparedRun.of(
            ExperimentFile.read(experiment, policies).withIterations(iterations),
            policies,
            "undisturbed",
            Instant.EPOCH);
    PipelineRun.Options options =
        PipelineRun.Options.inMemory(3, 1).withWorkFolder(folder.resolve("work"));
    new PipelineRun(run, policies, options)
        .execute(done -> {}, outcome -> ReportFolder.write(outcome.report(), folder));
    return ChaosRun.timeless(Files.readString(folder.resolve("report.json")));
  }
}
