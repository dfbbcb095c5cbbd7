package org.sgsars.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedRun;
import org.sgsars.standalone.PipelineRun;

/** Networks that are trained through the whole pipeline, on the images that come with it. */
@NeedsPyTorch
final class TrainingIT {
  private static final Path IMAGES =
      Path.of("..", "data", "fashion-mnist-small").toAbsolutePath().normalize();
  private static final Policies POLICIES = Policies.onClassPath();

  @TempDir private Path folder = Path.of("");

  private PreparedRun prepared(String name, String source, String rest) throws Exception {
    Path file = folder.resolve(name + ".yml");
    Files.writeString(
        file,
        """
        name: %s
        source: {kind: %s}
        optimizer: {learningRate: 0.02}
        crossbar: {size: 16}
        report: {selections: true, accuracyInterval: 50}
        %s
        """
            .formatted(name, source, rest));
    return PreparedRun.of(ExperimentFile.read(file, POLICIES), POLICIES, name, Instant.EPOCH);
  }

  private PreparedRun training(String network, long iterations, String rest) throws Exception {
    return prepared(
        "training",
        "train, network: %s, data: %s, testImages: 500, iterations: %d"
            .formatted(network, IMAGES, iterations),
        rest);
  }

  private LifetimeReport run(PreparedRun run) {
    PipelineRun.Options options =
        PipelineRun.Options.inMemory(2, 2).withWorkFolder(folder.resolve("work"));
    PipelineRun.Outcome outcome = new PipelineRun(run, POLICIES, options).execute(done -> {});
    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.report().warnings()).isEmpty();
    assertThat(outcome.report().complete()).isTrue();
    return outcome.report();
  }

  private static List<List<int[]>> selections(ScenarioLifetime scenario) {
    return scenario.layers().stream().map(layer -> layer.selectedRows().orElseThrow()).toList();
  }

  private static List<Integer> correct(ScenarioLifetime scenario) {
    return scenario.accuracy().stream().map(AccuracyPoint::correct).toList();
  }

  @Test
  void run_sgsSteers_selectsAsAReplayOfItsOwnTrace() throws Exception {
    String scenarios =
        """
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 16}%s}
          - {name: top-k, sparsifier: {kind: top-k}}
        """;
    Path trace = folder.resolve("trace.avro");

    LifetimeReport trained =
        run(training("cnn", 96, scenarios.formatted(", train: true")).recordedTo(trace));
    LifetimeReport replayed =
        run(prepared("replay", "trace, path: trace.avro, iterations: 96", scenarios.formatted("")));

    assertThat(replayed.plan().layers()).isEqualTo(trained.plan().layers());
    for (int scenario = 0; scenario < 2; scenario++) {
      List<List<int[]>> ofTraining = selections(trained.scenarios().get(scenario));
      assertThat(ofTraining).hasSize(4).allMatch(layer -> layer.size() == 96);
      assertThat(selections(replayed.scenarios().get(scenario)))
          .usingRecursiveComparison()
          .isEqualTo(ofTraining);
      List<LayerLifetime> layers = trained.scenarios().get(scenario).layers();
      for (int layer = 0; layer < layers.size(); layer++) {
        assertThat(replayed.scenarios().get(scenario).layers().get(layer).rowWrites())
            .isEqualTo(layers.get(layer).rowWrites());
      }
    }
    assertThat(trained.scenarios().get(0).accuracy())
        .extracting(AccuracyPoint::iterations)
        .containsExactly(0L, 50L, 96L);
    assertThat(trained.scenarios().get(1).accuracy()).isEmpty();
    assertThat(replayed.scenarios().get(0).accuracy()).isEmpty();
  }

  @Test
  void run_denseOnFineCells_learns() throws Exception {
    LifetimeReport report =
        run(training("cnn", 300, "scenarios: [{name: dense, sparsifier: {kind: dense}}]"));

    List<AccuracyPoint> accuracy = report.scenarios().get(0).accuracy();
    assertThat(accuracy).extracting(AccuracyPoint::images).containsOnly(500);
    assertThat(accuracy.get(0).share()).isLessThan(0.3);
    assertThat(accuracy.get(6).share()).isGreaterThan(0.7);
    assertThat(accuracy.get(6).loss()).isLessThan(accuracy.get(0).loss());
  }

  /**
   * Each scenario has a network of its own: the one whose cells are all worn out after 50 writes
   * learns nothing more, and the others do not care.
   */
  @Test
  void run_eachTrains_wornCellsStopLearningWhereTheyAre() throws Exception {
    LifetimeReport each =
        run(
            training(
                "mlp",
                100,
                """
                closedLoop: each
                scenarios:
                  - {name: fine, sparsifier: {kind: dense}}
                  - {name: worn, sparsifier: {kind: dense}, device: {kind: constant, writes: 50}}
                  - {name: stuck, sparsifier: {kind: dense}, device: {kind: constant, writes: 50, wornAs: high}}
                  - {name: quantized, sparsifier: {kind: dense, quantize: 3, weightRange: 2}}
                """));
    LifetimeReport alone =
        run(training("mlp", 100, "scenarios: [{name: fine, sparsifier: {kind: dense}}]"));

    List<Integer> fine = correct(each.scenarios().get(0));
    List<Integer> worn = correct(each.scenarios().get(1));
    assertThat(fine).isEqualTo(correct(alone.scenarios().get(0)));
    assertThat(worn.subList(0, 2)).isEqualTo(fine.subList(0, 2));
    assertThat(worn.get(2)).isEqualTo(worn.get(1));
    assertThat(fine.get(2)).isNotEqualTo(fine.get(1));
    // Where all weights are alike, one class gets all images.
    assertThat(each.scenarios().get(2).accuracy().get(2).share()).isLessThan(0.2);
    assertThat(correct(each.scenarios().get(3)).get(2)).isNotEqualTo(fine.get(2));
  }

  @Test
  void recordedTo_eachTrains_isRefused() throws Exception {
    PreparedRun each =
        training(
            "mlp",
            10,
            """
            closedLoop: each
            scenarios: [{name: a, sparsifier: {kind: dense}}, {name: b, sparsifier: {kind: sgs}}]
            """);

    assertThatThrownBy(() -> each.recordedTo(folder.resolve("trace.avro")))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("closedLoop: each trains a copy for every scenario");
  }

  @Test
  void prepared_epochs_areIterationsOfAllImages() throws Exception {
    PreparedRun run =
        prepared(
            "epochs",
            "train, data: %s, batch: 64, epochs: 2".formatted(IMAGES),
            "scenarios: [{name: a, sparsifier: {kind: dense}}]");

    // 93 whole batches of 64 in 6,000 images.
    assertThat(run.plan().iterations()).isEqualTo(186);
  }
}
