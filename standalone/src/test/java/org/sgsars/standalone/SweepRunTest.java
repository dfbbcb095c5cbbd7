package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.producer.PreparedBench;
import org.sgsars.producer.PreparedRun;
import org.sgsars.sparsifier.QuantizationSettings;
import org.sgsars.sparsifier.Residual;
import org.sgsars.sparsifier.Sparsifier;
import org.sgsars.sparsifier.SparsifierPolicy;
import org.sgsars.sparsifier.SparsifierSettings;

/** Scenarios that come from settings with several values, in a run and in the bench. */
final class SweepRunTest {
  private static final String PAIRS =
      IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).collect(Collectors.joining(", "));

  /** Settings of a sparsifier that has none. */
  private record Plain() implements SparsifierSettings {
    @Override
    public QuantizationSettings quantization() {
      return QuantizationSettings.NONE;
    }
  }

  /** Selects row 0, and counts how often it is asked to. */
  private static final class Counting implements SparsifierPolicy<Plain> {
    private final AtomicInteger selections = new AtomicInteger();

    @Override
    public String kind() {
      return "counting";
    }

    @Override
    public String summary() {
      return "Counts.";
    }

    @Override
    public Class<Plain> settingsType() {
      return Plain.class;
    }

    @Override
    public boolean readsResidual() {
      return false;
    }

    @Override
    public Sparsifier create(LayerShape layer, Plain settings, long seed, Residual residual) {
      return new Sparsifier() {
        @Override
        public void accumulate(int firstColumn, int columns, float[] velocity) {}

        @Override
        public Selection select(long iteration) {
          selections.incrementAndGet();
          return new Selection.Rows(new int[] {0});
        }

        @Override
        public void resume(int columns) {}
      };
    }
  }

  @TempDir private Path folder = Path.of("");

  private Path file(String name, String text) throws Exception {
    return Files.writeString(
        folder.resolve(name), text.replace("TRACES", Runs.PROJECT.resolve("traces").toString()));
  }

  @Test
  void run_thirtyLevellers_sparsifyEachIterationOnce() throws Exception {
    Counting counting = new Counting();
    Policies policies =
        new Policies(
            Stream.concat(
                    Stream.of(PolicyFamily.values())
                        .flatMap(family -> Runs.POLICIES.all(family).stream()),
                    Stream.of(counting))
                .toList());
    Path file =
        file(
            "x.yml",
            """
            name: x
            source: {kind: trace, path: TRACES/fashion-lenet.avro, iterations: 7}
            scenarios:
              - {name: ars, sparsifier: {kind: counting}, leveller: {kind: ars, interval: 2, pairs: [%s]}}
            """
                .formatted(PAIRS));
    PreparedRun run =
        PreparedRun.of(ExperimentFile.read(file, policies), policies, "x", Instant.EPOCH);

    PipelineRun.Outcome outcome =
        new PipelineRun(
                run,
                policies,
                PipelineRun.Options.inMemory(1, 1).withWorkFolder(folder.resolve("work")))
            .execute(iterations -> {});

    assertThat(outcome.report().complete()).isTrue();
    assertThat(outcome.report().scenarios()).hasSize(30);
    // Seven iterations of three layers.
    assertThat(counting.selections).hasValue(7 * 3);
    assertThat(outcome.report().plan().sweeps()).isEqualTo(run.plan().sweeps()).hasSize(1);
  }

  @Test
  void bench_thirtyLevellers_shareTheirSelections() throws Exception {
    Path file =
        file(
            "x.yml",
            """
            name: x
            source: {kind: skewed, layers: [{name: fc, rows: 4, columns: 2}], iterations: 7}
            scenarios:
              - {name: ars, sparsifier: {kind: given}, leveller: {kind: ars, interval: 2, pairs: [%s]}}
            """
                .formatted(PAIRS));

    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, Runs.POLICIES), Runs.POLICIES, Instant.EPOCH);

    assertThat(bench.plan().scenarios()).hasSize(30);
    assertThat(bench.plan().sparsifiers()).hasSize(1);
  }

  @Test
  void bench_sweep_isItsScenariosSpelledOut() throws Exception {
    String head =
        """
        name: x
        source: {kind: skewed, layers: [{name: fc, rows: 40, columns: 2}], iterations: 900}
        crossbar: {size: 64}
        device: {kind: constant, writes: 1e6}
        scenarios:
        """;
    JsonNode swept =
        benched(
            "swept",
            head
                + "  - {name: a, sparsifier: {kind: given}, leveller: {kind: ars, interval: [8, 32], pairs: [1, 2]}}\n");
    String scenario =
        "  - {name: a-interval-%d-pairs-%d, sparsifier: {kind: given}, leveller: {kind: ars, interval: %d, pairs: %d}}\n";
    JsonNode spelledOut =
        benched(
            "out",
            head
                + scenario.formatted(8, 1, 8, 1)
                + scenario.formatted(8, 2, 8, 2)
                + scenario.formatted(32, 1, 32, 1)
                + scenario.formatted(32, 2, 32, 2));

    for (JsonNode each : swept) {
      assertThat(((ObjectNode) each).remove("sweep").get("name").asText()).isEqualTo("a");
    }
    assertThat(swept).isEqualTo(spelledOut);
  }

  private JsonNode benched(String name, String text) throws Exception {
    PreparedBench bench =
        PreparedBench.of(
            ExperimentFile.read(file(name + ".yml", text), Runs.POLICIES),
            Runs.POLICIES,
            Instant.EPOCH);
    Path out = folder.resolve(name);
    ReportFolder.write(new BenchRun(bench, Runs.POLICIES).execute(done -> {}), out);
    return Runs.report(out).get("scenarios");
  }

  @Test
  void validate_ranges_saysWhatTheyBecame() throws Exception {
    Path file =
        file(
            "x.yml",
            """
            name: x
            source: {kind: skewed, layers: [{name: fc, rows: 4, columns: 2}], iterations: 9000}
            scenarios:
              - {name: plain, sparsifier: {kind: given}}
              - {name: ars, sparsifier: {kind: given}, leveller: {kind: ars, interval: [256, 1024], pairs: [1, 8]}}
            """);

    CommandResult result = CommandResult.run("validate", file.toString());

    assertThat(result.out())
        .startsWith(
            """
            %s: fine: 5 scenarios, 1 layers, 9000 iterations; for ./sgs-ars bench
              sweep ars: 4 scenarios, ars-interval-256-pairs-1 to ars-interval-1024-pairs-8
                leveller.interval: 256, 1024
                leveller.pairs: 1, 8
            """
                .formatted(file));
  }
}
