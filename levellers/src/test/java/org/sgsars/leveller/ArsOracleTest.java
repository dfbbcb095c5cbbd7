package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.Selection;

/**
 * 20,000 rows that SGS-max selected in a real training run, and the wear that the authors' own ARS
 * (interval 1024, one pair, 512 physical rows) made of them.
 */
final class ArsOracleTest {
  private static final Path SELECTIONS =
      Path.of("../traces/fashion-cnn-20000-selected-rows.csv.gz");

  @ParameterizedTest(name = "layer={0}")
  @ValueSource(ints = {0, 1, 2, 3})
  void apply_selectionsOfARealRun_writesAndMapEqualTheReference(int layer) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(resource("fashion-cnn-20000-reference-outcome.json"))
            .get("layers")
            .get(layer);
    RowArray array =
        new RowArray(expected.get("matrix_rows").asInt(), expected.get("physical_rows").asInt());
    ArsLeveller policy = new ArsLeveller();
    Leveller ars = policy.create(array, policy.settings(Map.of("interval", 1024L, "pairs", 1L)), 1);

    replay(layer, array, ars);

    assertThat(array.writes()).containsExactly(longs(expected.get("row_writes")));
    if (expected.has("logical_to_physical")) {
      long[] map = longs(expected.get("logical_to_physical"));
      for (int row = 0; row < map.length; row++) {
        assertThat((long) array.physicalRow(row)).as("logical row %d", row).isEqualTo(map[row]);
      }
    }
  }

  /** Applies the selections of a layer of that run. */
  static void replay(int layer, RowArray array, Leveller leveller) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(SELECTIONS)), StandardCharsets.UTF_8))) {
      lines.readLine();
      String line;
      while ((line = lines.readLine()) != null) {
        String[] fields = line.split(",", -1);
        int row = Integer.parseInt(fields[1 + layer]);
        array.apply(new Selection.Rows(new int[] {row}), Long.parseLong(fields[0]), leveller);
      }
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(ArsOracleTest.class.getResourceAsStream("/" + name), name);
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }
}
