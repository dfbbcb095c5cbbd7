package org.sgsars.analyzer.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportsControllerTest {
  @TempDir private Path folder = Path.of("");

  private int status(String run, String file) {
    return new ReportsController(folder.toString()).file(run, file).code();
  }

  @Test
  void file_ofAReport_isThere() throws Exception {
    Files.createDirectories(folder.resolve("quick"));
    Files.writeString(folder.resolve("quick/report.json"), "{}");

    assertThat(status("quick", "report.json")).isEqualTo(200);
    assertThat(status("quick", "wear.csv")).isEqualTo(404);
  }

  /** No system has a path with NUL in it, some none with a colon: none is made of what is asked. */
  @ParameterizedTest
  @CsvSource({
    "'\0',         x",
    "'\0',         report.json",
    "quick,        '\0'",
    "..,           report.json",
    "quick,        ../report.json",
    "'a/../quick', report.json",
    "'C:quick',    report.json",
    "'',           report.json",
  })
  void file_nameThatNoRunHas_isNotFound(String run, String file) {
    assertThat(status(run, file)).isEqualTo(404);
  }

  @Test
  void file_nameThatIsTooLong_isNotFound() {
    assertThat(status("a".repeat(10_000), "report.json")).isEqualTo(404);
  }
}
