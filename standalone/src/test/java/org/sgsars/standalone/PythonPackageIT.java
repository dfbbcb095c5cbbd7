package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of python/, by pytest. Skipped where Python has none. */
final class PythonPackageIT {
  /** Those that start pipelines take their time, and have a test class of their own. */
  static final List<String> CLOSED_LOOP =
      List.of(
          "python/tests/test_crossbars.py",
          "python/tests/test_checkpoints.py",
          "python/tests/test_sharded.py");

  @TempDir private Path folder = Path.of("");

  @Test
  void pytest_allTestsOfThePackage_pass() throws Exception {
    String[] others =
        CLOSED_LOOP.stream()
            .map(tests -> "--ignore=" + Runs.PROJECT.resolve(tests))
            .toArray(String[]::new);
    expectPass(folder, "python/tests", others);
  }

  static void expectPass(Path folder, String tests, String... options) throws Exception {
    assumeTrue(Python.has("pytest, torch"), "needs " + Python.COMMAND + " with pytest and torch");
    Path log = folder.resolve("pytest.log");
    List<String> arguments = new ArrayList<>(List.of("-m", "pytest", "-q"));
    arguments.addAll(List.of("-p", "no:cacheprovider", Runs.PROJECT.resolve(tests).toString()));
    arguments.addAll(List.of(options));

    int code = Python.run(log, Duration.ofMinutes(15), arguments.toArray(String[]::new));

    assertThat(code).as(Files.readString(log)).isZero();
  }
}
