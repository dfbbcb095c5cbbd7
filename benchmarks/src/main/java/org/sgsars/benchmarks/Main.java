package org.sgsars.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.sgsars.file.Folders;
import org.sgsars.service.ProcessDefaults;

/**
 * Runs all benchmarks, prints a table of ratios, and writes results.json. What is compared runs by
 * turns on the same machine in the same minutes; a single number says little on a shared machine.
 */
public final class Main {
  private static final String TRIAD = "triadMs";

  /** Runs of which is said where their CPU time went. */
  private static final List<String> WITH_SHARES = List.of("rawKafka", "pipeline", "inMemory");

  static final List<String> LEVELLERS = List.of("none", "ars", "paced");

  private final boolean quick;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<Measure> measures = new ArrayList<>();

  private Main(boolean quick) {
    this.quick = quick;
  }

  /**
   * @param args {@code --quick} for a shorter run, {@code --clients} to compare the settings of
   *     Kafka's clients and nothing else, or {@code --machines} to add and lose machines during
   *     runs and nothing else; and where results.json goes
   */
  public static void main(String[] args) throws Exception {
    ProcessDefaults.set();
    List<String> given = Arrays.asList(args);
    if (given.contains("--clients")) {
      Path work = Files.createTempDirectory("sgs-ars-benchmark-");
      System.out.println(ClientSettings.compare(work));
      Folders.delete(work);
      System.exit(0);
    }
    if (given.contains("--machines")) {
      Path work = Files.createTempDirectory("sgs-ars-benchmark-");
      Machines.measure(work, Integer.getInteger("sgsars.iterations", 60_000));
      Folders.delete(work);
      System.exit(0);
    }
    Main main = new Main(given.contains("--quick"));
    Path out = Path.of(given.get(given.size() - 1));
    main.machine();
    // First, while this process has no broker that would run beside it.
    main.start(out.resolveSibling("quickstart"));
    main.cores();
    main.throughput();
    main.bench();
    main.smallNetworks();
    main.results.put("measures", main.measures.stream().map(Measure::json).toList());
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(out.toFile(), main.results);
    ResultTable table = new ResultTable(main.results);
    System.out.println(table.table());
    for (String run : WITH_SHARES) {
      System.out.println(table.cpuShares(run));
    }
    System.out.println("results: " + out);
    // The broker's threads would go on for a while.
    System.exit(0);
  }

  private void machine() throws IOException {
    results.put("java", System.getProperty("java.version"));
    results.put("processors", Runtime.getRuntime().availableProcessors());
    Path cpus = Path.of("/proc/cpuinfo");
    if (Files.exists(cpus)) {
      Files.readAllLines(cpus).stream()
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .ifPresent(line -> results.put("cpu", line.substring(line.indexOf(':') + 2)));
    }
    results.put("quick", quick);
  }

  private void cores() throws RunnerException {
    Collection<RunResult> runs =
        new Runner(
                new OptionsBuilder()
                    .include(Triad.class.getName())
                    .include(SgsPass.class.getName())
                    .include(WearPass.class.getName())
                    .forks(1)
                    .warmupIterations(quick ? 3 : 5)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(quick ? 5 : 15)
                    .measurementTime(TimeValue.seconds(1))
                    .verbosity(VerboseMode.SILENT)
                    .jvmArgsAppend(
                        "-Xmx2g", "-Duser.language=en", "-Dsgsars.project=" + ResNet50.PROJECT)
                    .build())
            .run();
    for (RunResult run : runs) {
      double ms = run.getPrimaryResult().getScore();
      String score = run.getParams().getParam("score");
      String leveller = run.getParams().getParam("leveller");
      if (leveller != null) {
        String name = wear(run.getPrimaryResult().getLabel(), run.getParams());
        results.put(name, ms);
        sample(run, name, "us", TRIAD);
      } else if (score == null) {
        sample(run, TRIAD, "ms", "");
        results.put("triadMs", ms);
        results.put("triadGBps", gigabytesPerSecond(Triad.BYTES_PER_VALUE, ms));
      } else {
        boolean two = "2".equals(run.getParams().getParam("threads"));
        String name = "sgsPass" + ("sum".equals(score) ? "Sum" : "") + (two ? "TwoThreads" : "");
        sample(run, name + "Ms", "ms", TRIAD);
        results.put(name + "Ms", ms);
        results.put(name + "GBps", gigabytesPerSecond(SgsPass.BYTES_PER_WEIGHT, ms));
      }
    }
  }

  private void sample(RunResult run, String name, String unit, String against) {
    List<Double> samples =
        run.getBenchmarkResults().stream()
            .flatMap(result -> result.getIterationResults().stream())
            .map(iteration -> iteration.getPrimaryResult().getScore())
            .toList();
    measure(name, unit, false, against, samples);
  }

  private void measure(
      String name, String unit, boolean moreIsBetter, String against, List<Double> samples) {
    Optional<String> other = Optional.of(against).filter(reference -> !reference.isEmpty());
    measures.add(new Measure(name, unit, moreIsBetter, other, samples));
  }

  /** Key of a measure of {@link WearPass}. */
  private static String wear(String benchmark, BenchmarkParams params) {
    return "%sMicros.%s.%s"
        .formatted(benchmark, params.getParam("leveller"), params.getParam("written"));
  }

  private static double gigabytesPerSecond(int bytesPerWeight, double ms) {
    return bytesPerWeight * (double) ResNet50.WEIGHTS / 1e6 / ms;
  }

  /** Something that moves gradients, and what it moves. */
  private interface Run {
    Rate measure(Path work, Load load) throws Exception;
  }

  /**
   * What is measured in rounds.
   *
   * @param against whose rate it is compared with; empty if nothing's
   */
  private record Runs(String name, Run run, Load load, String against, List<Rate> rates) {
    Runs(String name, Run run, Load load, String against) {
      this(name, run, load, against, new ArrayList<>());
    }
  }

  private void throughput() throws Exception {
    Load load = Load.of(quick ? 20 : 40);
    String twelve =
        IntStream.rangeClosed(1, 12)
            .mapToObj(
                i ->
                    "  - {name: ars%d, sparsifier: {kind: sgs}, leveller: {kind: ars, pairs: %d}}"
                        .formatted(i, i))
            .collect(Collectors.joining("\n"));
    List<Runs> all =
        List.of(
            new Runs("rawKafka", Throughput::raw, load, ""),
            new Runs("pipeline", Throughput::pipeline, load, "rawKafka"),
            new Runs("inMemory", Throughput::inMemory, load, "rawKafka"),
            new Runs(
                "twelveScenarios", Throughput::pipeline, load.withScenarios(twelve), "rawKafka"),
            new Runs("pipelineBf16", Throughput::pipeline, load.withWire("bf16"), "rawKafka"),
            new Runs("pipelineF16", Throughput::pipeline, load.withWire("f16"), "rawKafka"),
            new Runs(
                "pipelineTwoInstances", Throughput::pipeline, load.withInstances(2), "rawKafka"),
            new Runs(
                "pipelineFourInstances", Throughput::pipeline, load.withInstances(4), "rawKafka"),
            // Every time new JVMs, which compile for a while.
            new Runs("rawKafkaSeparate", SeparateProcesses::raw, load.withWarm(40), ""),
            new Runs(
                "pipelineSeparate",
                SeparateProcesses::pipeline,
                load.withWarm(40),
                "rawKafkaSeparate"),
            new Runs(
                "folderSnapshotsSeparate",
                SeparateProcesses::pipelineWithFolders,
                load.withWarm(40),
                "pipelineSeparate"),
            new Runs(
                "twoProducersSeparate",
                SeparateProcesses::pipelineOfTwoProducers,
                load.withWarm(40),
                "pipelineSeparate"));
    int rounds = quick ? 1 : 3;
    // The first round is for the compiler.
    for (int round = 0; round <= rounds; round++) {
      System.err.printf("round %d of %d%n", round + 1, rounds + 1);
      for (Runs runs : all) {
        boolean separate = runs.name.endsWith("Separate");
        if (separate && round == 0) {
          continue;
        }
        Path work = Files.createTempDirectory("sgs-ars-benchmark-");
        Rate rate;
        try (ThreadTimes times = new ThreadTimes()) {
          rate = runs.run.measure(work, runs.load);
          if (round == rounds && WITH_SHARES.contains(runs.name)) {
            results.put(runs.name + "CpuShares", times.shares());
          }
        }
        Folders.delete(work);
        if (round > 0) {
          runs.rates.add(rate);
        }
      }
    }
    all.forEach(
        runs -> report(runs.name, runs.rates, runs.against.isEmpty() ? "" : runs.against + "MBps"));
    ResultTable table = new ResultTable(results);
    results.put(
        "pipelineOverRawKafka", table.number("pipelineMBps") / table.number("rawKafkaMBps"));
    results.put(
        "pipelineOverRawKafkaSeparate",
        table.number("pipelineSeparateMBps") / table.number("rawKafkaSeparateMBps"));
    results.put(
        "twelveScenariosOverOne",
        table.number("pipelineMBps") / table.number("twelveScenariosMBps"));
  }

  /** Levellers on given selections, by turns; the first round is for the compiler. */
  private void bench() throws Exception {
    int iterations = quick ? 50_000 : 200_000;
    int rounds = quick ? 1 : 3;
    Map<String, List<Double>> samples = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (int scenarios : List.of(1, 8)) {
        for (String leveller : LEVELLERS) {
          Path work = Files.createTempDirectory("sgs-ars-benchmark-");
          double rate = Speed.bench(work, leveller, scenarios, iterations);
          Folders.delete(work);
          List<Double> known =
              samples.computeIfAbsent(benchKey(leveller, scenarios), key -> new ArrayList<>());
          if (round > 0) {
            known.add(rate);
          }
        }
      }
    }
    String none = benchKey("none", 1);
    samples.forEach(
        (name, rates) -> {
          results.put(name, median(rates));
          measure(name, "selections/s", true, name.equals(none) ? "" : none, rates);
        });
  }

  static String benchKey(String leveller, int scenarios) {
    return "benchPerSecond.%s.%d".formatted(leveller, scenarios);
  }

  /** What is bound by turns of the loop, not by bytes. */
  private void smallNetworks() throws Exception {
    int rounds = quick ? 1 : 3;
    List<Double> replays = new ArrayList<>();
    List<Double> trainings = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      Path work = Files.createTempDirectory("sgs-ars-benchmark-");
      Speed.Stretch replay = Speed.replay(work, quick ? 6_000 : 30_000);
      Folders.delete(work);
      work = Files.createTempDirectory("sgs-ars-benchmark-");
      Speed.Stretch training = Speed.training(work, quick ? 300 : 1_500);
      Folders.delete(work);
      if (round > 0) {
        replays.add(replay.iterationsPerSecond());
        trainings.add(training.iterationsPerSecond());
        shares.add(1 - training.shareOfStep());
      }
    }
    results.put("replayPerSecond", median(replays));
    results.put("trainingPerSecond", median(trainings));
    results.put("trainingShareBesideTheStep", median(shares));
    measure("replayPerSecond", "iterations/s", true, "", replays);
    measure("trainingPerSecond", "iterations/s", true, "", trainings);
    measure("trainingShareBesideTheStep", "of the time", false, "", shares);
  }

  private void report(String name, List<Rate> rounds, String against) {
    measure(
        name + "MBps",
        "MB/s",
        true,
        against,
        rounds.stream().map(Rate::megabytesPerSecond).toList());
    results.put(name + "MBps", median(rounds.stream().map(Rate::megabytesPerSecond).toList()));
    results.put(
        name + "CpuSecondsPerGB",
        median(rounds.stream().map(Rate::cpuSecondsPerGigabyte).toList()));
    results.put(name + "Rounds", rounds);
  }

  private void start(Path report) throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < (quick ? 1 : 3); i++) {
      seconds.add(Start.firstIterationSeconds(report));
    }
    results.put("firstIterationSeconds", median(seconds));
    measure("firstIterationSeconds", "s", false, "", seconds);
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
