package org.sgsars.standalone;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of trainings on crossbars of python/, by pytest, on pipelines that they start. */
final class CrossbarsIT {
  @TempDir private Path folder = Path.of("");

  static Stream<String> closedLoops() {
    return PythonPackageIT.CLOSED_LOOP.stream();
  }

  @ParameterizedTest
  @MethodSource("closedLoops")
  void pytest_allClosedLoops_pass(String tests) throws Exception {
    assumeTrue(
        Python.has("confluent_kafka, avro.schema"),
        "needs " + Python.COMMAND + " with confluent_kafka and avro");

    PythonPackageIT.expectPass(folder, tests);
  }
}
