package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;

/**
 * Tiles that change crossbars across layers, on a device whose cells fail, in a pipeline whose
 * instances own some layers each: the report is that of one instance, and that of the bench on the
 * same selections.
 */
final class CrossLayerTest {
  private static final String EXPERIMENT =
      """
      name: cross
      source: {kind: trace, path: TRACE, iterations: 600}
      crossbar: {size: 128}
      device: {kind: lognormal, median: 20, mapping: differential-pair, stuckLow: 0.01, wornAs: either}
      report: {selections: true}
      scenarios:
        - {name: alone, sparsifier: {kind: SPARSIFIER}, leveller: {kind: cross-layer, interval: 64, gap: 2}}
        - {name: on-top, sparsifier: {kind: SPARSIFIER}, leveller: [{kind: paced}, {kind: cross-layer, interval: 100, gap: 2}]}
        - {name: spare, sparsifier: {kind: SPARSIFIER}, crossbar: {size: 128, spareRows: 5}, leveller: [{kind: paced}, {kind: cross-layer, interval: 100, gap: 2}]}
        - name: retire
          sparsifier: {kind: SPARSIFIER}
          crossbar: {size: 128, spareRows: 5}
          leveller: [{kind: paced}, {kind: cross-layer, interval: 20, gap: 2}, {kind: retire}]
        - {name: none, sparsifier: {kind: SPARSIFIER}}
      """;

  @TempDir private Path folder = Path.of("");

  private JsonNode run(int partitions, int instances) throws Exception {
    String trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro").toString();
    Path file =
        Files.writeString(
            folder.resolve("cross.yml"),
            EXPERIMENT.replace("TRACE", trace).replace("SPARSIFIER", "sgs"));
    Path out = folder.resolve("out" + instances);
    PipelineRun.Outcome outcome = Runs.run(file, partitions, instances, out);
    assertThat(outcome.failure()).isEmpty();
    return scenarios(out);
  }

  private static JsonNode scenarios(Path out) throws Exception {
    JsonNode scenarios =
        new ObjectMapper().readTree(out.resolve("report.json").toFile()).get("scenarios");
    scenarios.forEach(scenario -> ((ObjectNode) scenario).remove("sparsifier"));
    // Selections know rows and columns of layers, and no more.
    scenarios
        .findParents("parameters")
        .forEach(
            layer -> ((ObjectNode) layer).remove(List.of("parameters", "kind", "axes", "groups")));
    return scenarios;
  }

  @Test
  void run_instancesOwnSomeLayersEach_isTheReportOfOneAndOfTheBench() throws Exception {
    JsonNode one = run(1, 1);
    JsonNode three = run(4, 3);

    Policies policies = Policies.onClassPath();
    String given =
        EXPERIMENT
            .replace("SPARSIFIER", "given")
            .replace("kind: trace, path: TRACE", "kind: selections, path: out1/report.json");
    Path file = Files.writeString(folder.resolve("bench.yml"), given);
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, policies), policies, Instant.EPOCH);
    ReportFolder.write(new BenchRun(bench, policies).execute(d -> {}), folder.resolve("bench"));

    assertThat(three).isEqualTo(one);
    assertThat(scenarios(folder.resolve("bench"))).isEqualTo(one);
    assertThat(one).allMatch(scenario -> scenario.get("failedCells").asLong() > 0);
    assertThat(one).allMatch(scenario -> scenario.get("stuckCells").asLong() > 0);
    // Tiles did change crossbars: levelling wrote although no leveller of rows was there.
    assertThat(one.get(0).get("overhead").asDouble()).isPositive();
    assertThat(one.get(0).get("lifetimeExtension").asDouble())
        .isGreaterThan(one.get(4).get("lifetimeExtension").asDouble());
  }
}
