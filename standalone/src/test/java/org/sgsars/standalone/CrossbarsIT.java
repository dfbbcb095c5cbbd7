package org.sgsars.standalone;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of trainings on crossbars of python/, by pytest, on pipelines that they start. */
final class CrossbarsIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void pytest_allClosedLoops_pass() throws Exception {
    assumeTrue(
        Python.has("confluent_kafka, avro.schema"),
        "needs " + Python.COMMAND + " with confluent_kafka and avro");

    PythonPackageIT.expectPass(folder, PythonPackageIT.CLOSED_LOOP);
  }

  @Test
  void pytest_allShardedTrainings_pass() throws Exception {
    assumeTrue(
        Python.has("confluent_kafka, avro.schema"),
        "needs " + Python.COMMAND + " with confluent_kafka and avro");

    PythonPackageIT.expectPass(folder, PythonPackageIT.SHARDED);
  }
}
