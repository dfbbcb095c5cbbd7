package org.sgsars.experiment;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.model.Names;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles;

/** Reads the tables that settings name. */
final class CsvFiles implements SettingFiles {
  private static final CsvFactory CSV =
      CsvFactory.builder()
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.ALLOW_COMMENTS)
          .build();

  private static final long MOST_BYTES = 16 << 20;

  /** What some programs put in front of UTF-8. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  @Override
  public Table table(Path file) throws SettingFileException {
    try {
      if (!Files.isRegularFile(file)) {
        throw problem(file, "there is no such file; expected a table (CSV)");
      }
      Optional<String> pointer = GitLfs.problem(file);
      if (pointer.isPresent()) {
        throw new SettingFileException(List.of(pointer.get()));
      }
      if (Files.size(file) > MOST_BYTES) {
        throw problem(
            file, "has %d bytes; allowed: at most %d".formatted(Files.size(file), MOST_BYTES));
      }
      try (CsvParser parser = CSV.createParser(file.toFile())) {
        return table(file, parser);
      }
    } catch (IOException e) {
      throw problem(file, "cannot be read as a table: " + FileProblem.reason(e));
    }
  }

  private static Table table(Path file, CsvParser parser) throws IOException, SettingFileException {
    List<String> columns = List.of();
    List<Line> below = new ArrayList<>();
    // Without a schema each line is an array of texts.
    while (parser.nextToken() != null) {
      int number = 0;
      List<String> values = new ArrayList<>();
      while (parser.nextToken() == JsonToken.VALUE_STRING) {
        number = number == 0 ? parser.currentTokenLocation().getLineNr() : number;
        values.add(parser.getText());
      }
      if (columns.isEmpty()) {
        columns = columns(file, values);
      } else if (values.size() != columns.size()) {
        throw new SettingFileException(
            List.of(
                "%s:%d: has %d values; allowed: %d, one for each of %s"
                    .formatted(file, number, values.size(), columns.size(), Names.of(columns))));
      } else {
        below.add(new Line(number, values));
      }
    }
    if (below.isEmpty()) {
      throw problem(
          file, columns.isEmpty() ? "is empty; expected a header" : "has a header and no lines");
    }
    return new Table(file, columns, below);
  }

  private static List<String> columns(Path file, List<String> header) throws SettingFileException {
    List<String> columns = new ArrayList<>(header);
    if (columns.get(0).startsWith(BYTE_ORDER_MARK)) {
      columns.set(0, columns.get(0).substring(BYTE_ORDER_MARK.length()).strip());
    }
    Set<String> names = new HashSet<>();
    for (String name : columns) {
      if (!names.add(name)) {
        throw problem(file, "has the column '%s' twice; name each once".formatted(name));
      }
    }
    return columns;
  }

  private static SettingFileException problem(Path file, String problem) {
    return new SettingFileException(List.of(file + ": " + problem));
  }
}
