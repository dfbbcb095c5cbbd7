package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a user waits for the first iteration. */
final class Start {
  private static final Pattern FIRST = Pattern.compile("first iteration after ([0-9.]+) s");

  private Start() {}

  /**
   * Seconds from the JVM's start to the quickstart's first iteration behind the last crossbar, as
   * {@code ./sgs-ars run} says itself.
   *
   * @param report folder of the run's report
   */
  static double firstIterationSeconds(Path report) throws IOException, InterruptedException {
    Process run =
        new ProcessBuilder(
                ResNet50.PROJECT.resolve("sgs-ars").toString(),
                "run",
                ResNet50.PROJECT.resolve("experiments/quickstart.yml").toString(),
                "--iterations",
                "20",
                "--out",
                report.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher first = FIRST.matcher(said);
    if (run.waitFor() != 0 || !first.find()) {
      throw new IOException("the quickstart did not run:\n" + said);
    }
    return Double.parseDouble(first.group(1));
  }
}
