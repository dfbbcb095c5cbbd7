package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tests of python/, by pytest. Skipped where Python has none. */
final class PythonPackageIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void pytest_allTestsOfThePackage_pass() throws Exception {
    assumeTrue(Python.has("pytest, torch"), "needs " + Python.COMMAND + " with pytest and torch");
    Path log = folder.resolve("pytest.log");

    int code =
        Python.run(
            log,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            Runs.PROJECT.resolve("python/tests").toString());

    assertThat(code).as(Files.readString(log)).isZero();
  }
}
