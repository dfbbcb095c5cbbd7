package org.sgsars.benchmarks;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows results as people read them: what each means against what it was measured beside. */
final class ResultTable {
  private final Map<String, Object> results;

  /**
   * @param results by their keys in results.json
   */
  ResultTable(Map<String, Object> results) {
    this.results = results;
  }

  private record Line(String what, String value, String against) {}

  /** All of them, a line each. */
  String table() {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("memory triad", gigabytes("triadGBps"), ""));
    for (String pass :
        List.of("sgsPass", "sgsPassTwoThreads", "sgsPassSum", "sgsPassSumTwoThreads")) {
      lines.add(
          new Line(
              pass,
              format("%.1f ms, ", pass + "Ms") + gigabytes(pass + "GBps"),
              ratio(pass + "GBps", "triadGBps") + " of the triad's bandwidth"));
    }
    for (String written : List.of("row", "all")) {
      for (String leveller : List.of("none", "ars", "paced")) {
        String key = "Micros." + leveller + "." + written;
        lines.add(
            new Line(
                "%s, %s".formatted(leveller, written.equals("row") ? "a row a layer" : "all rows"),
                format("%.0f us", "levelling" + key)
                    + format(", with wear %.0f us", "levellingAndWear" + key),
                ratio("sgsPassMs", "levellingAndWear" + key, 1e3) + " times in the SGS pass"));
      }
    }
    lines.add(new Line("raw Kafka", rate("rawKafka"), ""));
    lines.add(
        new Line(
            "pipeline, one scenario",
            rate("pipeline"),
            ratio("pipelineMBps", "rawKafkaMBps") + " of raw Kafka"));
    lines.add(
        new Line(
            "pipeline, in memory",
            rate("inMemory"),
            ratio("inMemoryMBps", "pipelineMBps") + " of the pipeline on a broker"));
    lines.add(
        new Line(
            "pipeline, twelve scenarios",
            rate("twelveScenarios"),
            ratio("pipelineMBps", "twelveScenariosMBps") + " times as long as one"));
    for (String half : List.of("Bf16", "F16")) {
      double times = 2 * number("pipeline" + half + "MBps") / number("pipelineMBps");
      lines.add(
          new Line(
              "pipeline, wire " + half.toLowerCase(Locale.ROOT),
              rate("pipeline" + half),
              String.format(Locale.ROOT, "%.2f times the iterations of f32", times)));
    }
    for (String instances : List.of("Two", "Four")) {
      String name = "pipeline" + instances + "Instances";
      lines.add(
          new Line(
              "pipeline, %s instances of each".formatted(instances.toLowerCase(Locale.ROOT)),
              rate(name),
              ratio(name + "MBps", "pipelineMBps") + " of one"));
    }
    lines.add(new Line("raw Kafka, separate processes", rate("rawKafkaSeparate"), ""));
    lines.add(
        new Line(
            "pipeline, separate processes",
            rate("pipelineSeparate"),
            ratio("pipelineSeparateMBps", "rawKafkaSeparateMBps") + " of raw Kafka"));
    lines.add(
        new Line(
            "the same, snapshots in folders",
            rate("folderSnapshotsSeparate"),
            ratio("pipelineSeparateMBps", "folderSnapshotsSeparateMBps")
                + " of that with snapshots in the broker"));
    lines.add(
        new Line(
            "the same, two producers",
            rate("twoProducersSeparate"),
            ratio("twoProducersSeparateMBps", "pipelineSeparateMBps") + " of one"));
    for (int scenarios : List.of(1, 8)) {
      for (String leveller : Main.LEVELLERS) {
        String key = Main.benchKey(leveller, scenarios);
        lines.add(
            new Line(
                "bench, %s, %d scenario%s".formatted(leveller, scenarios, scenarios > 1 ? "s" : ""),
                format("%,.0f selections/s", key),
                ratio(Main.benchKey("none", 1), key) + " times as long a selection as none, 1"));
      }
    }
    lines.add(
        new Line("replay, small network", format("%.0f iterations/s", "replayPerSecond"), ""));
    lines.add(
        new Line(
            "training, small network",
            format("%.0f iterations/s", "trainingPerSecond"),
            String.format(
                Locale.ROOT,
                "%.0f %% of the time is not the network's own step",
                100 * number("trainingShareBesideTheStep"))));
    lines.add(new Line("first iteration", format("%.1f s", "firstIterationSeconds"), ""));
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        lines,
        List.of(
            new Column().header("what").dataAlign(HorizontalAlign.LEFT).with(Line::what),
            new Column().header("value").with(Line::value),
            new Column().header("against").dataAlign(HorizontalAlign.LEFT).with(Line::against)));
  }

  /** Where a run's CPU time went, in a line. */
  String cpuShares(String run) {
    String shares =
        results.get(run + "CpuShares") instanceof Map<?, ?> parts
            ? parts.entrySet().stream()
                .map(part -> String.format(Locale.ROOT, "%s %.0f %%", part.getKey(), percent(part)))
                .collect(Collectors.joining(", "))
            : "";
    return "CPU time of " + run + ": " + shares;
  }

  private static double percent(Map.Entry<?, ?> part) {
    return part.getValue() instanceof Double share ? 100 * share : Double.NaN;
  }

  /** A result; NaN if it is not there, or no number. */
  double number(String key) {
    return results.get(key) instanceof Double value ? value : Double.NaN;
  }

  private String format(String pattern, String key) {
    return String.format(Locale.ROOT, pattern, number(key));
  }

  private String rate(String name) {
    return format("%.0f MB/s, ", name + "MBps") + format("%.1f CPU s/GB", name + "CpuSecondsPerGB");
  }

  private String gigabytes(String key) {
    return format("%.1f GB/s", key);
  }

  private String ratio(String key, String over) {
    return String.format(Locale.ROOT, "%.2f", number(key) / number(over));
  }

  private String ratio(String key, String over, double factor) {
    return String.format(Locale.ROOT, "%.0f", factor * number(key) / number(over));
  }
}
