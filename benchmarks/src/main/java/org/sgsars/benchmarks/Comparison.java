package org.sgsars.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.sgsars.service.ProcessDefaults;

/**
 * What got slower from one run of the benchmarks to another by more than the noise. A measure that
 * has one of its own run to be compared with is compared as the ratio to that, so that two
 * machines, or two days of one, can be compared; the noise is how far the samples of all four lie
 * apart.
 */
final class Comparison {
  /** Of what was measured once nobody knows the noise; and less than this is none to speak of. */
  private static final double UNKNOWN_NOISE = 0.15;

  private static final double LEAST_NOISE = 0.03;

  /**
   * @param slowdown how many times as long it takes in the second run
   * @param noise share by which that could be off
   */
  record Line(
      Measure before, Measure after, Optional<String> against, double slowdown, double noise) {
    boolean isSlower() {
      return slowdown > 1 + noise;
    }

    boolean isFaster() {
      return 1 / slowdown > 1 + noise;
    }

    String verdict() {
      return isSlower() ? "slower" : isFaster() ? "faster" : "";
    }
  }

  private Comparison() {}

  /**
   * @param args two files, before and after; exit code 1 if something got slower
   */
  public static void main(String[] args) throws IOException {
    ProcessDefaults.set();
    List<Line> lines = compare(read(Path.of(args[0])), read(Path.of(args[1])));
    System.out.println(table(lines));
    List<String> slower =
        lines.stream().filter(Line::isSlower).map(line -> line.before().name()).toList();
    System.out.println(
        slower.isEmpty()
            ? "nothing got slower by more than the noise"
            : "slower by more than the noise: " + String.join(", ", slower));
    System.exit(slower.isEmpty() ? 0 : 1);
  }

  static Map<String, Measure> read(Path file) throws IOException {
    Map<String, Measure> measures = new LinkedHashMap<>();
    JsonNode listed = new ObjectMapper().readTree(file.toFile()).path("measures");
    if (!listed.isArray() || listed.isEmpty()) {
      throw new IOException(
          file + " has no measures; it should be the results.json of benchmarks/run.sh");
    }
    for (JsonNode json : listed) {
      Measure measure = Measure.of(json);
      measures.put(measure.name(), measure);
    }
    return measures;
  }

  /** What both runs measured, in the order of the first. */
  static List<Line> compare(Map<String, Measure> before, Map<String, Measure> after) {
    List<Line> lines = new ArrayList<>();
    for (Measure measure : before.values()) {
      Measure other = after.get(measure.name());
      if (other != null) {
        Optional<String> against =
            measure.against().filter(name -> before.containsKey(name) && after.containsKey(name));
        double slowdown = slowdown(measure, other);
        double noise = noise(measure) + noise(other);
        if (against.isPresent()) {
          Measure referenceBefore = Objects.requireNonNull(before.get(against.get()));
          Measure referenceAfter = Objects.requireNonNull(after.get(against.get()));
          slowdown /= slowdown(referenceBefore, referenceAfter);
          noise += noise(referenceBefore) + noise(referenceAfter);
        }
        lines.add(new Line(measure, other, against, slowdown, Math.max(LEAST_NOISE, noise)));
      }
    }
    return lines;
  }

  private static double slowdown(Measure before, Measure after) {
    double more = after.median() / before.median();
    return before.moreIsBetter() ? 1 / more : more;
  }

  private static double noise(Measure measure) {
    return measure.samples().size() == 1 ? UNKNOWN_NOISE : measure.spread();
  }

  private static String table(List<Line> lines) {
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        lines,
        List.of(
            new Column()
                .header("what")
                .dataAlign(HorizontalAlign.LEFT)
                .with(line -> line.before().name()),
            new Column().header("before").with(line -> value(line.before())),
            new Column().header("after").with(line -> value(line.after())),
            new Column()
                .header("compared as a ratio to")
                .dataAlign(HorizontalAlign.LEFT)
                .with(line -> line.against().orElse("")),
            new Column().header("takes").with(line -> format("%.2f times", line.slowdown())),
            new Column().header("noise").with(line -> format("%.0f %%", 100 * line.noise())),
            new Column().header("").dataAlign(HorizontalAlign.LEFT).with(Line::verdict)));
  }

  private static String value(Measure measure) {
    return format("%.4g ", measure.median()) + measure.unit();
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
