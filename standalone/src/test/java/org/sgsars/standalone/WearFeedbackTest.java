package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sparsifier that is told how worn its rows are, by a service behind it. */
final class WearFeedbackTest {
  private static final String EXPERIMENT =
      """
      name: feedback
      source: {kind: trace, path: TRACE, iterations: 800}
      crossbar: {size: 128}
      report: {selections: true}
      scenarios:
        - {name: sgs, sparsifier: {kind: sgs}}
        - {name: rival, sparsifier: {kind: rival, wearFeedback: 50}}
        - {name: rival-ars, sparsifier: {kind: rival, wearFeedback: 50}, leveller: {kind: ars, interval: 32}}
      """;

  @TempDir private Path folder = Path.of("");

  private JsonNode run(int partitions, int instances) throws Exception {
    String trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro").toString();
    Path file =
        Files.writeString(folder.resolve("feedback.yml"), EXPERIMENT.replace("TRACE", trace));
    Path out = folder.resolve("out" + instances);
    PipelineRun.Outcome outcome = Runs.run(file, partitions, instances, out);
    assertThat(outcome.failure()).isEmpty();
    return new ObjectMapper().readTree(out.resolve("report.json").toFile()).get("scenarios");
  }

  @Test
  void run_wearFedBack_isTheSameInOneInstanceAndInThreeAndSparesWornRows() throws Exception {
    JsonNode one = run(1, 1);
    JsonNode three = run(4, 3);

    assertThat(three).isEqualTo(one);
    long most = one.get(0).get("maxCellWrites").asLong();
    assertThat(one.get(1).get("maxCellWrites").asLong()).isLessThan(most);
    // Nothing is known before the wear of the first 50 iterations is used, 50 iterations later.
    for (int layer = 0; layer < 3; layer++) {
      JsonNode sgs = one.get(0).get("layers").get(layer).get("selectedRows");
      JsonNode rival = one.get(1).get("layers").get(layer).get("selectedRows");
      for (int i = 0; i < 100; i++) {
        assertThat(rival.get(i)).as("iteration %d", i).isEqualTo(sgs.get(i));
      }
      assertThat(rival).isNotEqualTo(sgs);
    }
  }
}
