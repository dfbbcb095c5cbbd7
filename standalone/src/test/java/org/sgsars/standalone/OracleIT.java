package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole pipeline on a real broker against what the reference optimizers of the SGS-ARS authors
 * did with the same gradients: every selection, every row map, every write.
 */
final class OracleIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static JsonNode report = JSON.createObjectNode();

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void run() throws Exception {
    PipelineRun.Outcome outcome =
        Runs.runOnBroker(
            Runs.PROJECT.resolve("standalone/src/test/resources/oracle/fashion-lenet.yml"),
            4,
            1,
            folder);
    assertThat(outcome.failure()).isEmpty();
    report = JSON.readTree(folder.resolve("report.json").toFile());
  }

  static Stream<String> cases() throws Exception {
    return reference().findValuesAsText("name").stream();
  }

  private static JsonNode reference() throws Exception {
    try (InputStream in =
        OracleIT.class.getResourceAsStream("/oracle/fashion-lenet-reference-outcomes.json")) {
      return JSON.readTree(Objects.requireNonNull(in));
    }
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode item : list) {
      if (item.get("name").asText().equals(name)) {
        return item;
      }
    }
    throw new AssertionError("No " + name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void run_realGradients_equalsTheReference(String name) throws Exception {
    JsonNode expected = named(reference(), name);
    JsonNode actual = named(report.get("scenarios"), name);

    assertThat(report.get("complete").asBoolean()).isTrue();
    assertThat(actual.get("maxCellWrites")).isEqualTo(expected.get("max_cell_writes"));
    assertThat(actual.get("lifetimeExtension").asDouble())
        .isEqualTo(expected.get("lifetime_extension").asDouble());
    for (int i = 0; i < expected.get("layers").size(); i++) {
      JsonNode layer = actual.get("layers").get(i);
      JsonNode reference = expected.get("layers").get(i);
      assertThat(layer.get("parameters")).isEqualTo(reference.get("parameters"));
      assertThat(layer.get("selectedRows")).isEqualTo(reference.get("selected_rows"));
      assertThat(layer.get("logicalToPhysical")).isEqualTo(reference.get("logical_to_physical"));
      if (reference.has("cell_writes")) {
        assertThat(layer.get("cellWrites")).isEqualTo(reference.get("cell_writes"));
      } else {
        assertThat(layer.get("rowWrites")).isEqualTo(reference.get("row_writes"));
      }
    }
  }
}
