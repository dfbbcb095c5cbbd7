package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.report.ReportFolder;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** The services on the image that docker-compose.yml names. Skipped where no Docker engine runs. */
@Testcontainers(disabledWithoutDocker = true)
final class ContainersIT {
  @Container
  private static final KafkaContainer KAFKA =
      new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"))
          // Not a line of the log: what is logged is the image's own business.
          .waitingFor(Wait.forListeningPort());

  @TempDir private Path folder = Path.of("");

  @Test
  void run_onTheKafkaImage_reportEqualsThatOfTheEmbeddedBroker() throws Exception {
    Path experiment = Runs.PROJECT.resolve("experiments/quickstart.yml");
    Runs.run(experiment, 300, folder.resolve("embedded"));

    PipelineRun.Outcome outcome =
        new PipelineRun(
                Runs.prepared(experiment, "test", 300),
                Runs.POLICIES,
                PipelineRun.Options.embedded(4, 2)
                    .withCluster(KAFKA.getBootstrapServers(), Map.of())
                    .withWorkFolder(folder.resolve("work")))
            .execute(iterations -> {});
    ReportFolder.write(outcome.report(), folder.resolve("container"));

    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.report().complete()).isTrue();
    assertThat(Runs.timeless(folder.resolve("container")))
        .isEqualTo(Runs.timeless(folder.resolve("embedded")));
  }
}
