package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device from a table through all services, which are not told where the table is. */
final class MeasuredDeviceRunTest {
  @TempDir private Path folder = Path.of("");

  private Path experiment(String measured) throws Exception {
    Files.writeString(folder.resolve("cells.csv"), "cycles\n10\n10\n1e3\n1e3\n");
    return Files.writeString(
        folder.resolve("experiment.yml"),
        """
        name: measured
        source: {kind: noise, layers: [{name: fc, rows: 20, columns: 8}], iterations: 300}
        crossbar: {size: 32}
        scenarios:
          - {name: from-table, sparsifier: {kind: sgs}, device: %s}
          - {name: by-hand, sparsifier: {kind: sgs}, device: {kind: lognormal, median: 100, spread: 1}}
        """
            .formatted(measured));
  }

  /** Logarithms of 10, 10, 1e3, 1e3: a median of 100 writes and a spread of a decade. */
  @Test
  void run_deviceFromATable_isTheDeviceOfItsFitAndTheReportHasTheBand() throws Exception {
    Path experiment = experiment("{kind: measured, path: cells.csv}");
    Path out = folder.resolve("out");

    CommandResult result =
        CommandResult.run("run", experiment.toString(), "--in-memory", "--out", out.toString());

    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = Runs.report(out);
    JsonNode measured = report.get("scenarios").get(0);
    JsonNode byHand = report.get("scenarios").get(1);
    assertThat(byHand.get("failedCells").asLong()).isPositive();
    assertThat(measured.get("failedCells")).isEqualTo(byHand.get("failedCells"));
    assertThat(measured.get("lifetime")).isEqualTo(byHand.get("lifetime"));
    JsonNode device = measured.get("device");
    assertThat(device.get("median").asDouble()).isEqualTo(100);
    assertThat(device.get("spread").asDouble()).isEqualTo(1);
    assertThat(device.get("medianLow").asDouble()).isEqualTo(5.37154);
    assertThat(device.get("data").asText()).isEqualTo("cells.csv");
    assertThat(device.has("path")).isFalse();
    assertThat(Files.readString(out.resolve("report.html"))).contains("medianLow: 5.37154");
    assertThat(Files.readString(out.resolve("report.html"))).doesNotContain(folder + "/cells.csv");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"weibull", "empirical"})
  void run_otherLaws_cellsFail(String law) throws Exception {
    Path experiment = experiment("{kind: measured, path: cells.csv, law: " + law + "}");
    Path out = folder.resolve("out");

    CommandResult result =
        CommandResult.run("run", experiment.toString(), "--in-memory", "--out", out.toString());

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(Runs.report(out).get("scenarios").get(0).get("failedCells").asLong()).isPositive();
  }
}
