package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the work is spread changes no byte of the report, run name and times aside. */
final class SpreadIT {
  private static String expected = "";

  @TempDir private static Path folder = Path.of("");

  /**
   * The quickstart's first 300 iterations.
   *
   * @param folder where its file goes
   */
  static Path experiment(Path folder, int chunkBytes) throws Exception {
    String text =
        Runs.quickstart()
            .replace("iterations: 5000", "iterations: 300")
            .replace("scenarios:", "pipeline: {chunkBytes: " + chunkBytes + "}\nscenarios:");
    Path file = folder.resolve("chunks-of-" + chunkBytes + ".yml");
    Files.writeString(file, text);
    return file;
  }

  private static String report(int partitions, int instances, int chunkBytes) throws Exception {
    Path out = folder.resolve("%d-%d-%d".formatted(partitions, instances, chunkBytes));
    PipelineRun.Outcome outcome =
        Runs.run(experiment(folder, chunkBytes), partitions, instances, out);
    assertThat(outcome.failure()).isEmpty();
    // The text of the experiment differs by the chunk size alone, which is what this is about.
    return Runs.timeless(out).replaceAll("chunkBytes: \\d+", "chunkBytes: N");
  }

  @BeforeAll
  static void runOnOnePartition() throws Exception {
    expected = report(1, 1, 1 << 20);
  }

  @ParameterizedTest(name = "partitions={0}, instances={1}, chunks of {2} bytes")
  @CsvSource({"2, 1, 1048576", "8, 1, 1048576", "4, 2, 1048576", "2, 1, 4", "2, 1, 1700"})
  void run_spreadOtherwise_sameReport(int partitions, int instances, int chunkBytes)
      throws Exception {
    assertThat(report(partitions, instances, chunkBytes)).isEqualTo(expected);
  }
}
