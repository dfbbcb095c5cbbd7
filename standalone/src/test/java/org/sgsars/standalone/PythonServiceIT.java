package org.sgsars.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * examples/python-sgs in the place of sgs-service. Skipped where Python lacks what it needs: on
 * Debian python3-confluent-kafka, python3-avro and python3-numpy.
 */
final class PythonServiceIT {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest(name = "wire={0}")
  @ValueSource(strings = {"f32", "bf16", "f16"})
  void run_pythonService_killedOnTheWay_reportEqualsThatOfTheJavaService(String wire)
      throws Exception {
    PythonRun.assumePython();
    Path file = folder.resolve("python.yml");
    Files.writeString(
        file,
        """
        name: python
        source: {kind: trace, path: %s, iterations: 120}
        optimizer: {momentum: 0.9, learningRate: 0.05}
        report: {selections: true}
        pipeline: {maxLead: 30, chunkBytes: 2000, wire: %s}
        scenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: top-k, sparsifier: {kind: top-k, ratio: 0.003}}
          - {name: max, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 32}}
          - {name: sum, sparsifier: {kind: sgs, score: sum, rows: 2}}
          - {name: cell, sparsifier: {kind: sgs, byPosition: true}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), wire));

    PythonRun.expectReportOfTheJavaService(file, 40, folder);
  }
}
