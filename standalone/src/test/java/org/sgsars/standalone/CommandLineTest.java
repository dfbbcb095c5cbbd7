package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command says and the code it ends with. */
final class CommandLineTest {
  private static final String QUICKSTART =
      Runs.PROJECT.resolve("experiments/quickstart.yml").toString();
  private static final String TRACE = Runs.PROJECT.resolve("traces/fashion-lenet.avro").toString();

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest(name = "sgs-ars {0}")
  @ValueSource(
      strings = {
        "",
        "run",
        "resume",
        "dead-letters",
        "validate",
        "trace",
        "trace info",
        "trace import"
      })
  void help_everyCommand_saysHowItIsUsed(String command) {
    Said result = Said.by((command + " --help").strip().split(" "));

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Usage: sgs-ars " + command).contains("--version");
  }

  @ParameterizedTest(name = "sgs-ars {0}")
  @ValueSource(
      strings = {
        "",
        "run",
        "resume",
        "dead-letters",
        "validate",
        "trace",
        "trace info",
        "trace import"
      })
  void version_everyCommand_saysTheSame(String command) {
    Said result = Said.by((command + " --version").strip().split(" "));

    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("sgs-ars ");
  }

  @Test
  void validate_goodExperiment_saysWhatItHolds() {
    Said result = Said.by("validate", QUICKSTART);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("fine: 8 scenarios, 3 layers, 5000 iterations");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"run", "validate"})
  void experimentWithAWrongValue_isRefusedByFileLineKeyAndValue(String command) throws Exception {
    Path file = folder.resolve("wrong.yml");
    Files.writeString(
        file,
        """
        name: wrong
        source: {kind: trace, path: %s, iterations: 10}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs, rows: 0}}
        """
            .formatted(TRACE));

    Said result = Said.by(command, file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            file
                + ":4: scenarios[0].sparsifier.rows: 0 is not allowed; allowed: a whole number from 1 to 268435456\n");
  }

  @Test
  void run_numbersThatMakeNoRun_areRefused() {
    Said result = Said.by("run", QUICKSTART, "--iterations", "0");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "--iterations: 0 is not allowed; allowed: a whole number from 1 to 1000000000000\n");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "--partitions, 0, 1, 1000",
    "--partitions, 1001, 1, 1000",
    "--instances, 0, 1, 100",
    "--instances, 101, 1, 100",
    "--port, -1, 0, 65535",
    "--port, 65536, 0, 65535"
  })
  void run_numberOutOfItsLimits_saysThem(String option, String given, String least, String most) {
    Said result = Said.by("run", QUICKSTART, option, given);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "%s: %s is not allowed; allowed: a whole number from %s to %s%n"
                .formatted(option, given, least, most));
  }

  @Test
  void serve_portThatThereIsNot_isRefused() {
    Said result = Said.by("serve", folder.toString(), "--port", "65536");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("--port: 65536 is not allowed; allowed: a whole number from 0 to 65535\n");
  }

  @Test
  void run_outThatIsAFile_isRefusedBeforeTheRun() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    Said result = Said.by("run", QUICKSTART, "--out", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo("The report cannot be written to " + file + ": there is a file of that name\n");
  }

  @Test
  void run_kafkaPropertiesWithoutACluster_isRefused() {
    Said result = Said.by("run", QUICKSTART, "--kafka-properties", "client.properties");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("--kafka-properties goes with --bootstrap HOST:PORT\n");
  }

  @Test
  void run_optionThatThereIsNot_namesTheOneMeant() {
    Said result = Said.by("run", QUICKSTART, "--iteration", "5");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("Unknown options: '--iteration', '5'")
        .contains("Possible solutions: --iterations");
  }

  @Test
  void traceInfo_shippedTrace_saysWhatItHolds() {
    Said result = Said.by("trace", "info", TRACE);

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("512 iterations, 19496 bytes of gradient each; initial weights: yes")
        .contains("conv2.weight [16, 8, 5, 5], conv2.bias [16]");
  }

  @Test
  void traceInfo_noSuchPath_saysWhatATraceIs() {
    Said result = Said.by("trace", "info", folder.resolve("none").toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            folder.resolve("none")
                + " does not exist; a trace is an Avro file or a folder of safetensors files\n");
  }

  @Test
  void traceImport_emptyFolder_writesNothing() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = folder.resolve("trace.avro");

    Said result = Said.by("trace", "import", empty.toString(), file.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("holds no iterations; expected files such as 000000");
    assertThat(file).doesNotExist();
  }

  @Test
  void deadLetters_noBroker_saysWhere() {
    Said said = Said.by("dead-letters", "--bootstrap", "127.0.0.1:1");

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).startsWith("No Kafka broker answers at 127.0.0.1:1 (waited 15 s)");
  }
}
