package org.sgsars.source.selections;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.Selection;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SourceException;

/**
 * A table of selections: a header {@code iteration,LAYER,...} and a line per iteration, numbered
 * from 0, with each layer's row, or several with spaces between. Plain or gzip.
 */
final class SelectionTable {
  private static final String ITERATION = "iteration";
  private static final int GZIP_MAGIC = 0x1F8B;

  private final Path file;
  private final List<LayerShape> layers;
  private final List<List<Selection.Rows>> rows = new ArrayList<>();

  /** Most lines select a row that was selected before; one object serves all. */
  private final List<Map<String, Selection.Rows>> known = new ArrayList<>();

  private SelectionTable(Path file, List<LayerShape> layers) {
    this.file = file;
    this.layers = layers;
    for (int layer = 0; layer < layers.size(); layer++) {
      rows.add(new ArrayList<>());
      known.add(new HashMap<>());
    }
  }

  /**
   * @throws SourceException if the file cannot be read, lacks a layer, or has a line that is wrong
   */
  static SelectionSource read(Path file, List<LayerShape> layers) throws SourceException {
    SelectionTable table = new SelectionTable(file, layers);
    try (InputStream in = open(file);
        MappingIterator<String[]> lines =
            new CsvMapper()
                .enable(CsvParser.Feature.WRAP_AS_ARRAY)
                .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
                .readerFor(String[].class)
                .readValues(in)) {
      return table.read(lines);
    } catch (IOException e) {
      throw new SourceException(
          "%s: cannot be read as a table: %s".formatted(file, FileProblem.reason(e)), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private SelectionSource read(MappingIterator<String[]> lines)
      throws SourceException, IOException {
    if (!lines.hasNextValue()) {
      throw problem("is empty; expected a header iteration,LAYER,...");
    }
    List<String> header = Arrays.asList(lines.nextValue());
    int[] columns = columns(header);
    long iterations = 0;
    while (lines.hasNextValue()) {
      String[] line = lines.nextValue();
      if (line.length != header.size()) {
        throw problem(
            "iteration %d has %d values where the header has %d"
                .formatted(iterations, line.length, header.size()));
      }
      if (!line[0].equals(Long.toString(iterations))) {
        throw problem("iteration '%s' comes where %d should".formatted(line[0], iterations));
      }
      for (int layer = 0; layer < columns.length; layer++) {
        rows.get(layer).add(selection(layer, line[columns[layer]], iterations));
      }
      iterations++;
    }
    if (iterations == 0) {
      throw problem("has a header and no iterations");
    }
    List<String> others = new ArrayList<>(header.subList(1, header.size()));
    others.removeAll(layers.stream().map(LayerShape::name).toList());
    return new StoredSelections(
        "%d iterations of selected rows in %s".formatted(iterations, file.getFileName()),
        layers,
        others.isEmpty()
            ? List.of()
            : List.of("%s: layers left out: %s".formatted(file.getFileName(), Names.of(others))),
        rows);
  }

  /** The column of each layer. */
  private int[] columns(List<String> header) throws SourceException {
    if (!header.get(0).equals(ITERATION)) {
      Optional<String> pointer = GitLfs.problem(file);
      if (pointer.isPresent()) {
        throw new SourceException(pointer.get());
      }
      throw problem(
          "begins with '%s'; expected a header iteration,LAYER,...".formatted(header.get(0)));
    }
    Map<String, Integer> first = new HashMap<>();
    for (int column = 0; column < header.size(); column++) {
      Integer other = first.putIfAbsent(header.get(column), column);
      if (other != null) {
        throw problem(
            "has the column '%s' twice, as number %d and %d; every layer has one"
                .formatted(header.get(column), other + 1, column + 1));
      }
    }
    int[] columns = new int[layers.size()];
    for (int layer = 0; layer < columns.length; layer++) {
      columns[layer] = header.indexOf(layers.get(layer).name());
      if (columns[layer] < 1) {
        throw problem(
            "has no column for layer '%s'; its columns are %s"
                .formatted(layers.get(layer).name(), Names.of(header.subList(1, header.size()))));
      }
    }
    return columns;
  }

  private Selection.Rows selection(int layer, String text, long iteration) throws SourceException {
    Selection.Rows seen = known.get(layer).get(text);
    if (seen != null) {
      return seen;
    }
    Selection.Rows rowsOfText = parse(layers.get(layer), text, iteration);
    known.get(layer).put(text, rowsOfText);
    return rowsOfText;
  }

  private Selection.Rows parse(LayerShape layer, String text, long iteration)
      throws SourceException {
    try {
      int[] selected =
          Arrays.stream(text.strip().split(" +", -1))
              .mapToInt(Integer::parseInt)
              .sorted()
              .toArray();
      if (selected[0] >= 0 && selected[selected.length - 1] < layer.rows()) {
        return new Selection.Rows(selected);
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the place.
    }
    throw problem(
        "iteration %d, layer %s: '%s' is not allowed; allowed: rows in [0, %d), each once, with spaces between"
            .formatted(iteration, layer.name(), text, layer.rows()));
  }

  private SourceException problem(String what) {
    return new SourceException(file + ": " + what);
  }
}
