package org.sgsars.pytorch;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.standalone.PythonRun;

/** examples/python-sgs in the place of sgs-service, of networks that are trained. */
@NeedsPyTorch
final class PythonTrainingIT {
  private static final String SCENARIOS =
      """
      scenarios:
        - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 16}, device: {kind: constant, writes: 40}%s}
        - {name: top-k, sparsifier: {kind: top-k, ratio: 0.01}}
        - {name: dense, sparsifier: {kind: dense}}
      """;

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"one steers", "closedLoop: each"})
  void run_pythonService_killedOnTheWay_reportEqualsThatOfTheJavaService(String whoTrains)
      throws Exception {
    PythonRun.assumePython();
    boolean each = whoTrains.equals("closedLoop: each");
    Path file = folder.resolve("python.yml");
    Files.writeString(
        file,
        """
        name: python
        source: {kind: train, network: mlp, data: %s, testImages: 500, iterations: 40}
        optimizer: {momentum: 0.9, learningRate: 0.05, learningRateSteps: [{from: 20, learningRate: 0.01}]}
        crossbar: {size: 16}
        report: {selections: true, accuracyInterval: 10}
        %s
        """
            .formatted(
                Path.of("..", "data", "fashion-mnist-small").toAbsolutePath().normalize(),
                each
                    ? whoTrains + "\n" + SCENARIOS.formatted("")
                    : SCENARIOS.formatted(", train: true")));

    PythonRun.expectReportOfTheJavaService(file, 12, folder);
  }
}
