package org.sgsars.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.MeasuredDevice;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;

/** A device's table is read with the experiment that names it; nothing behind needs the file. */
final class MeasuredDeviceFileTest {
  private record Named(PolicyFamily family, String kind) implements Policy<NoSettings> {
    @Override
    public Class<NoSettings> settingsType() {
      return NoSettings.class;
    }

    @Override
    public String summary() {
      return kind;
    }
  }

  private static final Policies POLICIES =
      new Policies(
          List.of(
              new Named(PolicyFamily.SOURCE, "given"),
              new Named(PolicyFamily.SPARSIFIER, "dense"),
              new Named(PolicyFamily.LEVELLER, "none"),
              new MeasuredDevice()));

  @TempDir Path folder;

  private Path experiment(String device) throws IOException {
    return Files.writeString(
        Files.createDirectories(folder.resolve("experiments")).resolve("e.yml"),
        """
        name: measured
        source: {kind: given, iterations: 5}
        device: %s
        scenarios:
          - {name: one, sparsifier: {kind: dense}}
        """
            .formatted(device));
  }

  private PolicyChoice read(String table) throws IOException, ExperimentException {
    Files.writeString(folder.resolve("cells.csv"), table);
    return ExperimentFile.read(experiment("{kind: measured, path: ../cells.csv}"), POLICIES)
        .scenarios()
        .get(0)
        .device()
        .orElseThrow();
  }

  private List<String> problems(String table) throws IOException {
    Files.writeString(folder.resolve("cells.csv"), table);
    Path file = experiment("{kind: measured, path: ../cells.csv}");
    return catchThrowableOfType(
            ExperimentException.class, () -> ExperimentFile.read(file, POLICIES))
        .problems();
  }

  private String place() {
    return folder.resolve("experiments/e.yml") + ":3: device.measured: ";
  }

  @Test
  void read_tableBesideTheExperiment_choiceHoldsTheLawAndNoPath() throws Exception {
    PolicyChoice device = read("cycles\n1e3\n1e3\n1e5\n1e5\n");

    assertThat(device.settings().get("median")).isEqualTo(1e4);
    assertThat(device.settings().get("spread")).isEqualTo(1.0);
    assertThat(device.settings().get("data")).isEqualTo("cells.csv");
    assertThat(device.settings().get("path")).isNull();
  }

  /** The table that comes with the project, and the preset that stands on it. */
  @Test
  void read_shippedTable_isThePresetsFit() throws Exception {
    PolicyChoice device =
        read(Files.readString(Path.of("..", "data", "endurance", "radway-2021.csv")));

    // rram-measured has 2.5e9 writes and 0.92 decades.
    assertThat(device.settings().get("median")).isEqualTo(2.45739e9);
    assertThat(device.settings().get("spread")).isEqualTo(0.916093);
    assertThat(device.settings().get("spreadLow")).isEqualTo(0.784129);
    assertThat(device.settings().get("spreadHigh")).isEqualTo(1.07235);
    assertThat(device.settings().get("measuredCells")).isEqualTo(4480L);
    assertThat(device.settings().get("failedCells")).isEqualTo(206L);
  }

  @Test
  void read_lineThatEndsWithAnEmptyValue_isACellThatDidNotFail() throws Exception {
    assertThat(read("from,to\n1e3,1e4\n1e4,1e5\n1e5,\n"))
        .isEqualTo(read("from,to,cells\n1e3,1e4,1\n1e4,1e5,1\n1e5,,1\n"));
  }

  @ParameterizedTest(name = "{index}")
  @ValueSource(
      strings = {
        "cycles\r\n1e3\r\n1e3\r\n1e5\r\n1e5\r\n",
        "# lab, in March\n\n cycles \n1e3\n\n1e3\n# another day\n1e5\n1e5",
        "\uFEFFcycles\n1e3\n1e3\n1e5\n1e5\n",
        "\"cycles\",\"cells\"\n\"1e3\",2\n\"1e5\",2\n",
      })
  void read_tableAsOtherProgramsWriteIt_isTheSame(String table) throws Exception {
    assertThat(read(table)).isEqualTo(read("cycles\n1e3\n1e3\n1e5\n1e5\n"));
  }

  @Test
  void read_wrongLines_eachIsSaidWithBothFilesAndTheirLines() throws Exception {
    String table = folder.resolve("cells.csv").toString();

    assertThat(problems("# a comment\ncycles\n1e3\n\nsoon\n1e5\nnever\n"))
        .containsExactly(
            place()
                + table
                + ":5: cycles: soon is not allowed; allowed: a number above 0 and at most 1e15",
            place()
                + table
                + ":7: cycles: never is not allowed; allowed: a number above 0 and at most 1e15");
  }

  @Test
  void read_noTable_saysWhatIsExpected() throws Exception {
    Path file = experiment("{kind: measured, path: none.csv}");
    String table = folder.resolve("experiments/none.csv").toString();

    assertThat(
            catchThrowableOfType(
                    ExperimentException.class, () -> ExperimentFile.read(file, POLICIES))
                .problems())
        .containsExactly(place() + table + ": there is no such file; expected a table (CSV)");
  }

  @Test
  void read_tablesThatAreNone_areRefused() throws Exception {
    String table = folder.resolve("cells.csv").toString();

    assertThat(problems("")).containsExactly(place() + table + ": is empty; expected a header");
    assertThat(problems("cycles\n"))
        .containsExactly(place() + table + ": has a header and no lines");
    assertThat(problems("cycles,cells\n1e3\n"))
        .containsExactly(
            place() + table + ":2: has 1 values; allowed: 2, one for each of cycles, cells");
    assertThat(problems("cycles,cycles\n1e3,1\n"))
        .containsExactly(place() + table + ": has the column 'cycles' twice; name each once");
  }

  @Test
  void read_fileOutsideOfWhatMayBeRead_isRefusedUnread() throws Exception {
    Path file = experiment("{kind: measured, path: ../cells.csv}");
    ReadableFolders own = ReadableFolders.of(List.of(folder.resolve("experiments")));

    assertThat(
            catchThrowableOfType(
                    ExperimentException.class, () -> ExperimentFile.read(file, POLICIES, own))
                .problems())
        .singleElement()
        .asString()
        .contains("cells.csv, which may not be read");
  }
}
