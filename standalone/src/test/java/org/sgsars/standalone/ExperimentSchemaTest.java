package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** What an editor says of an experiment file, by the schema that stands beside those that ship. */
final class ExperimentSchemaTest {
  private static final String FILE = "experiments/experiment.schema.json";
  private static final Policies POLICIES = Policies.onClassPath();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode SCHEMA = schema();

  private static final String FINE =
      """
      name: fine
      seed: 3
      source: {kind: trace, path: a.avro, iterations: 250}
      optimizer: {momentum: 0.5, learningRate: 1e-2}
      crossbar: {size: 64, spareRows: 0}
      device: {kind: rram-typical, mapping: bit-slices, median: 1e5}
      time: {iterationsPerEpoch: 5, secondsPerIteration: 0.1}
      report: {interval: 3}
      pipeline: {wire: bf16}
      scenarios:
        - {name: one, sparsifier: {kind: sgs, rows: 2}}
        - {name: half, sparsifier: {kind: sgs, share: 0.5}}
        - name: two
          sparsifier: {kind: dense}
          leveller: [{kind: paced}, {kind: cross-layer, gap: 8}]
        - name: swept
          sparsifier: {kind: sgs, score: [max, sum]}
          leveller: {kind: ars, pairs: [1, 32]}
          crossbar: {size: [96, 192]}
      """;

  @TempDir private Path folder = Path.of("");

  private static JsonNode schema() {
    try {
      return JSON.readTree(SchemaCommand.text(POLICIES));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> problems(String experiment) {
    JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(SCHEMA);
    Object read =
        new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
            .loadFromString(experiment);
    return schema.validate(JSON.valueToTree(read)).stream()
        .map(ValidationMessage::getMessage)
        .toList();
  }

  @Test
  void shippedSchema_isWhatTheCommandPrints() throws IOException {
    Documents.compare(FILE, SchemaCommand.text(POLICIES));
  }

  @Test
  void schema_command_printsIt() throws IOException {
    CommandResult result = CommandResult.run("schema");

    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo(Files.readString(Runs.PROJECT.resolve(FILE)));
    assertThat(result.err()).isEmpty();
  }

  static Stream<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(Runs.PROJECT.resolve("experiments"))) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shipped")
  void shippedExperiment_namesTheSchemaAndKeepsIt(Path file) throws IOException {
    String text = Files.readString(file);

    assertThat(text).startsWith("# yaml-language-server: $schema=experiment.schema.json\n");
    assertThat(problems(text)).isEmpty();
  }

  @Test
  void validate_fineExperiment_hasNoProblem() throws IOException {
    assertThat(problems(FINE)).isEmpty();
    assertThat(unread(FINE)).isEmpty();
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name: fine | title: fine",
        "name: fine | name: not fine",
        "seed: 3 | seed: three",
        "seed: 3 | seeds: 3",
        "kind: trace, path: a.avro, iterations: 250 | kind: trace, iterations: 250",
        "path: a.avro, iterations: 250 | path: a.avro",
        "iterations: 250 | iterations: 0",
        "iterations: 250 | iterations: 250, epochs: 3",
        "kind: trace | kind: traces",
        "kind: trace, path: a.avro, iterations: 250 | kind: train, data: x, iterations: 3, epochs: 2",
        "kind: trace, path: a.avro, iterations: 250 | kind: train, data: x",
        "kind: trace, path: a.avro | kind: noise, layers: []",
        "kind: trace, path: a.avro | kind: noise, layers: [{name: fc, rows: 3}]",
        "momentum: 0.5 | momentum: 1",
        "momentum: 0.5 | momentun: 0.5",
        "learningRate: 1e-2 | learningRate: fast",
        "size: 64 | size: 0",
        "spareRows: 0 | spareRows: 65537",
        "kind: rram-typical | kind: rram-typcal",
        "bit-slices | bit slices",
        "median: 1e5 | median: 1e16",
        "median: 1e5 | mean: 1e5",
        "secondsPerIteration: 0.1 | secondsPerIteration: 0",
        "interval: 3 | interval: 2.5",
        "wire: bf16 | wire: bf8",
        "kind: sgs, rows: 2 | kind: sgs, rows: two",
        "kind: sgs, rows: 2 | kind: sgs, row: 2",
        "share: 0.5 | share: 0",
        "name: one, sparsifier | sparsifier",
        "{name: one, sparsifier: {kind: sgs, rows: 2}} | {name: one}",
        "[{kind: paced}, {kind: cross-layer, gap: 8}] | []",
        "{kind: cross-layer, gap: 8} | {gap: 8}",
        "gap: 8 | gap: 0",
        "kind: dense | kind: dense, quantize: 25",
        "pairs: [1, 32] | pairs: []",
        "pairs: [1, 32] | pairs: [1, 0]",
        "pairs: [1, 32] | pairs: [1, 1]",
        "score: [max, sum] | score: [max, mean]",
        "size: [96, 192] | size: [96, 0]",
        "kind: ars, pairs | kind: [ars, paced], pairs",
        "momentum: 0.5 | momentum: [0.5, 0.9]",
      })
  void validate_typicalMistake_isRefusedAsByTheReader(String right, String wrong)
      throws IOException {
    String mistaken = FINE.replace(right, wrong);

    assertThat(mistaken).isNotEqualTo(FINE);
    assertThat(problems(mistaken)).isNotEmpty();
    assertThat(unread(mistaken)).isNotEmpty();
  }

  private List<String> unread(String experiment) throws IOException {
    Path file = Files.writeString(folder.resolve("x.yml"), experiment);
    try {
      ExperimentFile.read(file, POLICIES);
      return List.of();
    } catch (ExperimentException e) {
      return e.problems();
    }
  }

  /** A text that looks like a number is a text, for the reader as for the schema. */
  @Test
  void validate_textThatLooksLikeANumber_isNoMistake() throws IOException {
    String numbers = FINE.replace("name: fine", "name: 2024").replace("a.avro", "1.5");

    assertThat(unread(numbers)).isEmpty();
    assertThat(problems(numbers)).isEmpty();
  }

  static Stream<String> sections() {
    List<String> sections =
        new ArrayList<>(
            List.of("", "optimizer", "crossbar", "time", "report", "pipeline", "scenarios/items"));
    for (PolicyFamily family : PolicyFamily.values()) {
      POLICIES.kinds(family).forEach(kind -> sections.add(family.key() + "." + kind));
    }
    return sections.stream();
  }

  /** The reader lists the keys of a section when it finds another. */
  @ParameterizedTest(name = "keys of {0}")
  @MethodSource("sections")
  void schema_everySection_hasTheKeysThatTheReaderAllows(String section) throws IOException {
    boolean isPolicy = section.contains(".");
    JsonNode described =
        isPolicy
            ? SCHEMA.get("definitions").get(section)
            : section.equals("crossbar")
                ? SCHEMA.get("definitions").get(section)
                : section.isEmpty() ? SCHEMA : SCHEMA.at("/properties/" + section);
    Set<String> keys = new TreeSet<>();
    described.get("properties").fieldNames().forEachRemaining(keys::add);

    // Of a source that counts no epochs the reader refuses them by another sentence.
    Set<String> allowed = allowed(withUnknownKey(section));
    if (section.startsWith("source.") && !keys.contains("epochs")) {
      allowed.remove("epochs");
    }
    assertThat(keys).isEqualTo(allowed);
  }

  private static String withUnknownKey(String section) {
    int dot = section.indexOf('.');
    String kind = "{kind: " + section.substring(dot + 1) + ", zzz: 1}";
    return switch (dot < 0 ? section : section.substring(0, dot)) {
      case "" -> "zzz: 1";
      case "scenarios/items" -> "scenarios: [{zzz: 1}]";
      case "sparsifier" -> "scenarios: [{name: x, sparsifier: " + kind + "}]";
      case "leveller" -> "scenarios: [{name: x, leveller: " + kind + "}]";
      case "source" -> "source: " + kind;
      case "device" -> "device: " + kind;
      default -> section + ": {zzz: 1}";
    };
  }

  private Set<String> allowed(String experiment) throws IOException {
    String problem =
        unread(experiment).stream()
            .filter(line -> line.contains("zzz: unknown key"))
            .findFirst()
            .orElseThrow();
    return Stream.of(problem.substring(problem.indexOf("allowed: ") + 9).split(", ", -1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
