package org.sgsars.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.producer.kafka.TrainingCheckpoints;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.StateFolder;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.standalone.RunningServices;
import org.sgsars.standalone.Runs;

/**
 * Trainings whose producer stops on the way without a word, and is started again: of a network with
 * batch normalisation, which is not on crossbars, on cells that wear out.
 */
@NeedsPyTorch
final class InterruptedTrainingIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String RUN = "interrupted";

  /** Its report, once it was run. */
  private static String undisturbed = "";

  @TempDir private Path folder = Path.of("");

  private Path experiment() throws Exception {
    Path file = folder.resolve("experiment.yml");
    Files.writeString(
        file,
        """
        name: interrupted
        source: {kind: train, network: resnet-20, data: %s, batch: 8, testImages: 64, iterations: 16}
        optimizer: {momentum: 0.9, learningRate: 0.05, weightDecay: 0.0005}
        closedLoop: each
        report: {accuracyInterval: 4}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 8}, device: {kind: constant, writes: 10}}
          - {name: dense, sparsifier: {kind: dense}}
        """
            .formatted(Runs.PROJECT.resolve("data/fashion-mnist-small")));
    return file;
  }

  private static RunProducer producer(PipelineLog kafka, Path experiment, Path saved)
      throws Exception {
    TrainingCheckpoints checkpoints =
        new TrainingCheckpoints(new StateFolder(saved), Duration.ZERO, TimeSource.SYSTEM);
    return Runs.prepared(experiment, RUN).producer(kafka, Optional.of(checkpoints), () -> {});
  }

  /**
   * Stops the producer on the way and starts it again.
   *
   * @param savedAfterwards where it looks then for what it saved
   * @return the attempt that came to its end
   */
  private String interrupt(Path experiment, Path savedAfterwards) throws Exception {
    List<LifetimeReport> reports = new CopyOnWriteArrayList<>();
    PipelineLog kafka = Runs.inMemory(3);
    kafka.prepareTopics();
    RunningServices services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    services.start(new SgsStage(Runs.POLICIES));
    services.start(new ArsStage(Runs.POLICIES));
    services.start(new CrossbarStage(Runs.POLICIES));
    services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports::add));
    RunProducer first = services.start(producer(kafka, experiment, folder.resolve("saved")));
    Awaitility.await("on the way")
        .atMost(TIMEOUT)
        .until(() -> first.status().progress().get(0).iterations() > 6);
    first.pause();
    services.join(first);
    assertThat(folder.resolve("saved")).isNotEmptyDirectory();

    services.start(producer(kafka, experiment, savedAfterwards));

    Awaitility.await("report").atMost(TIMEOUT).until(() -> !reports.isEmpty());
    services.stopAll();
    assertThat(services.failures()).isEmpty();
    ReportFolder.write(reports.get(reports.size() - 1), folder.resolve("interrupted"));
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      return runs.lastAttempt(RUN).orElseThrow().run();
    }
  }

  private void expectReportOfAnUndisturbedRun(Path experiment) throws Exception {
    if (undisturbed.isEmpty()) {
      Runs.run(experiment, 3, 1, folder.resolve("undisturbed"));
      undisturbed = Runs.timeless(folder.resolve("undisturbed"));
    }
    assertThat(Runs.timeless(folder.resolve("interrupted"))).isEqualTo(undisturbed);
  }

  @Test
  void run_producerStopsOnTheWay_continuesFromWhatItSaved() throws Exception {
    Path experiment = experiment();

    String attempt = interrupt(experiment, folder.resolve("saved"));

    assertThat(attempt).isEqualTo(RUN);
    assertThat(folder.resolve("saved")).isEmptyDirectory();
    expectReportOfAnUndisturbedRun(experiment);
  }

  @Test
  void run_whatItSavedIsGone_beginsAnew() throws Exception {
    Path experiment = experiment();

    String attempt = interrupt(experiment, folder.resolve("empty"));

    assertThat(RunPlan.attemptOf(attempt)).isEqualTo(1);
    expectReportOfAnUndisturbedRun(experiment);
  }
}
