package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A report's Parquet files in DuckDB, by the queries of docs/NOTEBOOK.md. */
final class NotebookIT {
  private static final Pattern QUERY =
      Pattern.compile("duckdb\\.sql\\(f\"\"\"(.*?)\"\"\"\\)", Pattern.DOTALL);

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void makeAReport() throws Exception {
    Runs.run(Runs.PROJECT.resolve("experiments/quickstart.yml"), 300, folder.resolve("run"));
  }

  private static List<List<String>> rows(String query) throws Exception {
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet result =
            statement.executeQuery(query.replace("{run}", folder.resolve("run").toString()))) {
      int columns = result.getMetaData().getColumnCount();
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  @Test
  void notebook_everyQuery_givesRows() throws Exception {
    String notebook = Files.readString(Runs.PROJECT.resolve("docs/NOTEBOOK.md"));
    List<String> queries = QUERY.matcher(notebook).results().map(query -> query.group(1)).toList();
    assertThat(queries).hasSize(5);

    for (String sql : queries) {
      assertThat(rows(sql)).as(sql).hasSizeGreaterThanOrEqualTo(8);
    }
  }

  /** One table, two files: DuckDB's own reader of CSV is told the types and must see the same. */
  @ParameterizedTest
  @ValueSource(strings = {"schemes", "wear", "timeline", "lifetime", "failures"})
  void parquet_ofEveryTable_holdsWhatItsCsvHolds(String table) throws Exception {
    List<List<String>> parquet = rows("SELECT * FROM '{run}/%s.parquet'".formatted(table));
    List<List<String>> types = rows("DESCRIBE SELECT * FROM '{run}/%s.parquet'".formatted(table));
    List<String> columns =
        types.stream().map(row -> "'%s': '%s'".formatted(row.get(0), row.get(1))).toList();

    List<List<String>> csv =
        rows(
            "SELECT * FROM read_csv('{run}/%s.csv', header=true, columns={%s})"
                .formatted(table, String.join(", ", columns)));

    assertThat(parquet).isEqualTo(csv);
    assertThat(parquet.size())
        .isEqualTo(Files.readAllLines(folder.resolve("run/" + table + ".csv")).size() - 1);
    assertThat(types.stream().map(row -> row.get(1)))
        .allMatch(type -> List.of("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN").contains(type));
  }
}
