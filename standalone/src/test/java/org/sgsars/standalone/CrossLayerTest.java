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
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
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

  /**
   * Alone, a layer of two columns in crossbars of eight has four blocks of them: 3 bits for its row
   * of 8, 2 for its block, and 1 whether that is retired. Beside cross-layer the block is one of
   * one, of 1 bit as the smallest index; each crossbar of 8 rows has an address of 16 + 3 bits and
   * eight counters to 13 of 4 bits.
   */
  @Test
  void toPlan_retireBesideCrossLayer_hasOneBlockAndLendsNothing() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("two.yml"),
            """
            name: two
            source: {kind: noise, iterations: 13, layers: [{name: fc, rows: 8, columns: 2}]}
            crossbar: {size: 8}
            device: {kind: constant, writes: 9}
            scenarios:
              - {name: alone, sparsifier: {kind: dense}, leveller: {kind: retire}}
              - {name: both, sparsifier: {kind: dense}, leveller: [{kind: cross-layer}, {kind: retire}]}
            """);
    List<LayerShape> layers = List.of(new LayerShape("fc", 8, 2), new LayerShape("conv", 3, 2));
    Policies policies = Policies.onClassPath();

    RunPlan plan =
        ExperimentFile.read(file, policies).toPlan("r", 0, "noise", layers, false, policies);

    ScenarioPlan alone = plan.scenarios().get(0);
    ScenarioPlan both = plan.scenarios().get(1);
    assertThat(alone.array(layers.get(0)).columnBlocks()).isEqualTo(4);
    assertThat(alone.stateBitsPerRow()).hasValue(3 + 2 + 1);
    assertThat(both.exceptions().loans().isEmpty()).isTrue();
    assertThat(both.array(layers.get(0)).columnBlocks()).isEqualTo(1);
    assertThat(both.retiresIn(0)).isTrue();
    assertThat(both.stateBitsPerRow()).hasValue(3 + 1 + 1 + (16 + 3 + 8 * 4) / 8.0);
  }
}
