package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An experiment whose training is another program's: what that receives, and what is refused. */
final class ExternalSourceTest {
  private static final String NETWORK =
      """
      {"version": 1,
       "layers": [
        {"name": "fc1", "kind": "Linear", "weight": "fc1.weight", "bias": "fc1.bias"},
        {"name": "fc2", "kind": "Linear", "weight": "fc2.weight"}],
       "digital": ["bn.weight"],
       "shapes": {"fc1.weight": [8, 20], "fc1.bias": [8], "bn.weight": [8], "fc2.weight": [2, 8]}}
      """;

  @TempDir private Path folder;
  private Path network;

  @BeforeEach
  void setUp() throws IOException {
    network = Files.writeString(folder.resolve("layers.json"), NETWORK);
  }

  private Path experiment(String more) throws IOException {
    return Files.writeString(
        folder.resolve("mine.yml"),
        """
        name: mine
        source: {kind: external, iterations: 100}
        %s
        scenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: sgs, sparsifier: {kind: sgs}, train: true}
        """
            .formatted(more));
  }

  private CommandResult validate(Path experiment, Path layers) {
    return CommandResult.run(
        "validate",
        experiment.toString(),
        "--layers",
        layers.toString(),
        "--manifest",
        folder.resolve("manifest.json").toString());
  }

  @Test
  void validate_withTheProgramsLayers_tellsItWhatTheServicesAreTold() throws IOException {
    CommandResult result = validate(experiment("layers: [{match: fc2, on: digital}]"), network);

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("2 scenarios, 1 layers, 100 iterations; for ./sgs-ars up and your program")
        // 168 of 192: floor(87.5).
        .contains("87.5 % of 192 values on crossbars; digital: bn.weight, fc2.weight");
    JsonNode manifest = new JsonMapper().readTree(folder.resolve("manifest.json").toFile());
    // The program's own steps are taken whole.
    assertThat(manifest.at("/optimizer/momentum").asDouble()).isZero();
    assertThat(manifest.at("/optimizer/learningRate").asDouble()).isEqualTo(1);
    assertThat(manifest.at("/training/scenarios/0").asInt()).isEqualTo(1);
    assertThat(manifest.at("/training/accuracyInterval").asInt()).isZero();
    assertThat(manifest.at("/layers/0/rows").asInt()).isEqualTo(21);
  }

  @Test
  void validate_ofOtherIterations_tellsThem() throws IOException {
    Path manifest = folder.resolve("manifest.json");

    CommandResult result =
        CommandResult.run(
            "validate",
            experiment("").toString(),
            "--layers",
            network.toString(),
            "--iterations",
            "7",
            "--manifest",
            manifest.toString());

    assertThat(result.err()).isEmpty();
    assertThat(new JsonMapper().readTree(manifest.toFile()).at("/iterations").asLong())
        .isEqualTo(7);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer: {momentum: 0.9}   | mine.yml:3: optimizer: the program that trains has its own; leave it out",
        "closedLoop: each             | mine.yml:3: closedLoop: the program trains one network; mark a scenario by train: true",
        "report: {accuracyInterval: 5} | mine.yml:3: report.accuracyInterval: the program tests when it wants to; leave it out",
        "pipeline: {wire: bf16}       | mine.yml:3: pipeline.wire: the program sends f32; leave it out",
        "layers: [{match: fc3, on: digital}] | mine.yml:3: layers[0]: match 'fc3' matches nothing",
      })
  void validate_whatTheProgramDecides_isRefusedWithItsPlace(String more, String problem)
      throws IOException {
    CommandResult result = validate(experiment(more), network);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(problem);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"shapes\": {\"fc1.weight\": [8, 20],|\"shapes\": {\"fc1.weight\": [8, 2.5],|shapes: [8,2.5] is not allowed; allowed: a list of whole numbers",
        "\"shapes\":|\"sizes\":|'sizes' is not known; allowed: [version, layers, digital, shapes]",
        "\"fc2.weight\": [2, 8]}|\"fc2.weight\": [2, 8], \"pos\": [4, 5]}|pos [4, 5]: layers.json says nothing of it",
      })
  void validate_wrongLayers_areRefusedWithFileAndValue(String right, String wrong, String problem)
      throws IOException {
    Path file = Files.writeString(folder.resolve("layers.json"), NETWORK.replace(right, wrong));

    CommandResult result = validate(experiment(""), file);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("layers.json").contains(problem);
  }

  @Test
  void withoutLayers_saysWhoGivesThem() throws IOException {
    CommandResult result = CommandResult.run("validate", experiment("").toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("mine.yml:2: source: its layers come from the program that trains; give them");
  }

  @Test
  void layersOfAnotherSource_areRefused() {
    CommandResult result =
        CommandResult.run(
            "validate",
            Runs.PROJECT.resolve("experiments/quickstart.yml").toString(),
            "--layers",
            network.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("--layers: source trace has its own layers; allowed with source external only");
  }

  @Test
  void run_isRefusedAsTheProgramSends() throws IOException {
    CommandResult result = CommandResult.run("run", experiment("").toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("mine.yml:2: source.kind: 'external' has its gradients sent by the program");
  }
}
