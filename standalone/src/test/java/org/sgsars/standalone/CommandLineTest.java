package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What each command says and the code it ends with. */
final class CommandLineTest {
  private static final String QUICKSTART =
      Runs.PROJECT.resolve("experiments/quickstart.yml").toString();
  private static final String TRACE = Runs.PROJECT.resolve("traces/fashion-lenet.avro").toString();

  @TempDir private Path folder = Path.of("");

  /** Every command, also one that is made later, as one would type it. */
  static Stream<List<String>> commands() {
    return commands(List.of(), new CommandLine(new SgsArsCommand()));
  }

  private static Stream<List<String>> commands(List<String> names, CommandLine command) {
    Stream<List<String>> below =
        command.getSubcommands().entrySet().stream()
            .filter(sub -> !(sub.getValue().getCommand() instanceof CommandLine.HelpCommand))
            .flatMap(sub -> commands(and(names, sub.getKey()), sub.getValue()));
    return Stream.concat(Stream.of(names), below);
  }

  private static List<String> and(List<String> words, String word) {
    return Stream.concat(words.stream(), Stream.of(word)).toList();
  }

  private static CommandResult result(List<String> command, String option) {
    return CommandResult.run(and(command, option).toArray(String[]::new));
  }

  @Test
  void commands_thereAre_areAllTested() {
    assertThat(commands().map(names -> String.join(" ", names)))
        .contains(
            "",
            "run",
            "resume",
            "up",
            "serve",
            "dead-letters",
            "bench",
            "validate",
            "schema",
            "trace",
            "trace info",
            "trace import",
            "trace record",
            "device",
            "device info");
  }

  @ParameterizedTest(name = "sgs-ars {0}")
  @MethodSource("commands")
  void help_everyCommand_saysHowItIsUsed(List<String> command) {
    CommandResult result = result(command, "--help");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains(
            "Usage: "
                + String.join(" ", and(List.of("sgs-ars"), String.join(" ", command))).strip())
        .contains("--version");
  }

  @ParameterizedTest(name = "sgs-ars {0}")
  @MethodSource("commands")
  void version_everyCommand_saysTheSame(List<String> command) {
    CommandResult result = result(command, "--version");

    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("sgs-ars ");
  }

  @ParameterizedTest(name = "sgs-ars {0}")
  @MethodSource("commands")
  void unknownOption_everyCommand_isWrongInputAndSaysHowItIsUsed(List<String> command) {
    CommandResult result = result(command, "--no-such-option");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    // What is missing may be said first; both are followed by how the command is used.
    assertThat(result.err())
        .containsAnyOf("Unknown option: '--no-such-option'", "Missing required parameter")
        .containsAnyOf("Usage: sgs-ars", "Possible solutions: ");
  }

  /** The tables of commands have none; those that need a parameter say which. */
  @ParameterizedTest(name = "sgs-ars {0}")
  @MethodSource("commands")
  void missingParameter_everyCommandThatNeedsOne_isWrongInput(List<String> command) {
    CommandLine line = new CommandLine(new SgsArsCommand());
    for (String name : command) {
      line = Objects.requireNonNull(line.getSubcommands().get(name));
    }
    Optional<CommandLine.Model.PositionalParamSpec> needed =
        line.getCommandSpec().positionalParameters().stream()
            .filter(CommandLine.Model.ArgSpec::required)
            .findFirst();
    assumeThat(needed).isPresent();

    CommandResult result = CommandResult.run(command.toArray(String[]::new));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "Missing required parameter", needed.orElseThrow().paramLabel(), "Usage: sgs-ars");
  }

  /** A command that fails with something that no command should have to know of. */
  private static CommandResult failing(Error failure) {
    return CommandResult.run(
        () ->
            new CommandLine(CommandLine.Model.CommandSpec.create())
                .setExecutionStrategy(
                    parsed -> {
                      throw failure;
                    }));
  }

  @Test
  void execute_libraryThatCannotBeLoaded_isOneLineWithTheWayOut() {
    CommandResult result =
        failing(new UnsatisfiedLinkError("/t/lib.so: /t/lib.so: failed to map segment\nno lib"));

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err())
        .contains("/t/lib.so: failed to map segment", "SGS_ARS_JAVA_OPTS=-Djava.io.tmpdir=DIR");
  }

  @Test
  void execute_classThatIsNotThere_isOneLine() {
    CommandResult result = failing(new NoClassDefFoundError("org/example/Plugin"));

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("NoClassDefFoundError: org/example/Plugin", "plugins/");
  }

  @Test
  void execute_whatNobodyExpects_isAFaultWithItsPlace() {
    CommandResult result = failing(new StackOverflowError());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("This is a fault in sgs-ars").contains("\tat ");
  }

  @Test
  void serve_portThatIsTaken_saysSoAndHowToChooseAnother() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      CommandResult result =
          CommandResult.run("serve", folder.toString(), "--port", Integer.toString(port));

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err())
          .isEqualTo(
              "The page cannot be served at port %d: Address already in use; choose another by --port%n"
                  .formatted(port));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "noise|30000|30000|layer fc of 30000 x 30000 weights is too large for noise, which is made in one piece; allowed: at most 536805375 weights",
        "skewed|268435456|8|selections of 268435456 rows in all layers take 18432 MiB of memory, and this process has"
      })
  void validate_layerTooLargeForThisMachine_isOneLineThatNamesIt(
      String kind, int rows, int columns, String message) throws Exception {
    Files.writeString(
        folder.resolve("layers.json"),
        "[{\"name\": \"fc\", \"rows\": %d, \"columns\": %d}]".formatted(rows, columns));
    Path file = folder.resolve("large.yml");
    Files.writeString(
        file,
        """
        name: large
        source: {kind: %s, layers: layers.json, iterations: 10}
        scenarios:
          - {name: a, sparsifier: {kind: %s}}
        """
            .formatted(kind, kind.equals("noise") ? "sgs" : "given"));

    CommandResult result = CommandResult.run("validate", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith(file + ":2: source: " + message);
  }

  @Test
  void validate_goodExperiment_saysWhatItHolds() {
    CommandResult result = CommandResult.run("validate", QUICKSTART);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("fine: 9 scenarios, 3 layers, 5000 iterations");
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

    CommandResult result = CommandResult.run(command, file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            file
                + ":4: scenarios[0].sparsifier.rows: 0 is not allowed; allowed: a whole number from 1 to 268435456\n");
  }

  @Test
  void run_numbersThatMakeNoRun_areRefused() {
    CommandResult result = CommandResult.run("run", QUICKSTART, "--iterations", "0");

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
    CommandResult result = CommandResult.run("run", QUICKSTART, option, given);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "%s: %s is not allowed; allowed: a whole number from %s to %s%n"
                .formatted(option, given, least, most));
  }

  @Test
  void serve_portThatThereIsNot_isRefused() {
    CommandResult result = CommandResult.run("serve", folder.toString(), "--port", "65536");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("--port: 65536 is not allowed; allowed: a whole number from 0 to 65535\n");
  }

  @Test
  void run_outThatIsAFile_isRefusedBeforeTheRun() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    CommandResult result = CommandResult.run("run", QUICKSTART, "--out", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo("The report cannot be written to " + file + ": there is a file of that name\n");
  }

  @Test
  void run_kafkaPropertiesWithoutACluster_isRefused() {
    CommandResult result =
        CommandResult.run("run", QUICKSTART, "--kafka-properties", "client.properties");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("--kafka-properties goes with --bootstrap HOST:PORT\n");
  }

  @Test
  void run_optionThatThereIsNot_namesTheOneMeant() {
    CommandResult result = CommandResult.run("run", QUICKSTART, "--iteration", "5");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("Unknown options: '--iteration', '5'")
        .contains("Possible solutions: --iterations");
  }

  @Test
  void traceInfo_shippedTrace_saysWhatItHolds() {
    CommandResult result = CommandResult.run("trace", "info", TRACE);

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("512 iterations, 19496 bytes of gradient each; initial weights: yes")
        .contains("conv2.weight [16, 8, 5, 5], conv2.bias [16]");
  }

  private Path traceExperiment(Path trace) throws Exception {
    return Files.writeString(
        folder.resolve("x.yml"),
        """
        name: x
        source: {kind: trace, path: %s, iterations: 10}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}}
        """
            .formatted(trace));
  }

  /** Without reading it: its blocks end before the file does. */
  @Test
  void validate_truncatedTrace_isRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Path.of(TRACE));
    Path trace =
        Files.write(folder.resolve("cut.avro"), java.util.Arrays.copyOf(whole, whole.length / 2));

    CommandResult result = CommandResult.run("validate", traceExperiment(trace).toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("x.yml:2: source: " + trace + " is truncated or corrupt");
  }

  @Test
  void traceInfo_missingThatIsNone_namesWhatIsAllowed() {
    CommandResult result = CommandResult.run("trace", "info", TRACE, "--missing", "none");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("'none' is not one of [refuse, zero]");
    assertThat(CommandResult.run("trace", "info", TRACE, "--missing", "zero").code()).isZero();
  }

  @Test
  void traceInfo_noSuchPath_saysWhatATraceIs() {
    CommandResult result = CommandResult.run("trace", "info", folder.resolve("none").toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            folder.resolve("none")
                + " does not exist; a trace is an Avro file or a folder of safetensors files\n");
  }

  @Test
  void traceImport_emptyFolder_writesNothing() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path file = folder.resolve("trace.avro");

    CommandResult result = CommandResult.run("trace", "import", empty.toString(), file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("holds no iterations; expected files such as 000000");
    assertThat(file).doesNotExist();
  }

  @Test
  void deadLetters_noBroker_saysWhere() {
    CommandResult result =
        CommandResult.run("dead-letters", "--bootstrap", "127.0.0.1:1", "--wait", "1");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "No Kafka broker can be used at 127.0.0.1:1 (waited 1 s): 127.0.0.1:1: Connection refused; start a broker there, or set the right address\n");
  }

  @Test
  void run_inMemoryWithWhatNeedsABroker_saysWhyNot() {
    String quickstart = Runs.PROJECT.resolve("experiments/quickstart.yml").toString();

    CommandResult kept = CommandResult.run("run", quickstart, "--in-memory", "--keep");
    CommandResult onCluster =
        CommandResult.run("run", quickstart, "--in-memory", "--bootstrap", "127.0.0.1:1");

    assertThat(kept.code()).isEqualTo(2);
    assertThat(kept.err())
        .isEqualTo(
            "--in-memory and --keep exclude each other: a log in memory ends with the process, so that resume would find none of its records\n");
    assertThat(onCluster.code()).isEqualTo(2);
    assertThat(onCluster.err())
        .isEqualTo(
            "--in-memory and --bootstrap exclude each other: a log in memory is in no cluster\n");
  }

  /** Of Weibull's law of scale 1e9 and shape 1 the first of 1e6 cells fails by 1e3 × ln 2 = 693. */
  @Test
  void deviceInfo_weibull_saysWhenTheFirstOfAnArrayFails() throws Exception {
    Path svg = folder.resolve("law.svg");

    CommandResult result =
        CommandResult.run(
            "device", "info", "weibull", "scale=1e9", "shape=1", "--svg", svg.toString());

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("half of the cells fail by 6.93e8 writes, spread 0.514 decades")
        .contains("|   1e6 |         693 [51, 2,996] |")
        .contains("|         1e-6 |     1,000 |");
    assertThat(Files.readString(svg))
        .startsWith("<svg xmlns=")
        .contains("first of 1e6 cells: 6.93e2")
        .endsWith("</svg>\n");
  }

  @Test
  void deviceInfo_measured_readsTheTableFromTheWorkingFolder() throws Exception {
    Path table = Files.writeString(folder.resolve("cells.csv"), "cycles\n1e3\n1e3\n1e5\n1e5\n");

    CommandResult result = CommandResult.run("device", "info", "measured", "path=" + table);

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("half of the cells fail by 10,000 writes, spread 1.00 decades")
        .contains("data: cells.csv");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "rram-typicl | device:1: kind: unknown device 'rram-typicl', did you mean 'rram-typical'?",
        "lognormal median=no | device:2: median: no is not allowed; allowed: a number from 1.0 to 1.0E15",
        "lognormal median | median: is no setting; allowed: KEY=VALUE",
        "measured path=none.csv | none.csv: there is no such file; expected a table (CSV)",
      })
  void deviceInfo_wrongInput_saysWhatIsAllowed(String words, String problem) {
    CommandResult result = CommandResult.run(("device info " + words).split(" ", -1));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(problem);
    assertThat(result.out()).isEmpty();
  }
}
