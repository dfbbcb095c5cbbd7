package org.sgsars.source.selections;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.PlainText;
import org.sgsars.model.Selection;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SourceException;

/** The selections that a run kept in its report ({@code report: {selections: true}}). */
final class ReportSelections {
  /** Of what is there twice, nobody could say which counts. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final String DIGITAL = "digital";

  private ReportSelections() {}

  /**
   * @param name of the scenario; the first that kept its selections if empty
   * @throws SourceException if there are none, or they do not fit their layers
   */
  static SelectionSource read(Path file, Optional<String> name) throws SourceException {
    JsonNode report;
    try {
      report = JSON.readTree(file.toFile());
    } catch (IOException e) {
      String problem = "%s: cannot be read as a report: %s".formatted(file, FileProblem.reason(e));
      throw new SourceException(GitLfs.problem(file).orElse(problem), e);
    }
    if (!report.path("format").asText().equals("sgs-ars-report")) {
      throw new SourceException(file + ": is not a report of sgs-ars");
    }
    List<String> names = new ArrayList<>();
    Set<String> scenarios = new HashSet<>();
    for (JsonNode scenario : report.path("scenarios")) {
      if (!scenarios.add(scenario.path("name").asText())) {
        throw new SourceException(
            "%s: has the scenario '%s' twice; each needs its own name"
                .formatted(file, scenario.path("name").asText()));
      }
    }
    for (JsonNode scenario : report.path("scenarios")) {
      if (!hasSelections(scenario)) {
        continue;
      }
      names.add(scenario.path("name").asText());
      if (name.isEmpty() || name.get().equals(names.get(names.size() - 1))) {
        return selections(file, report, scenario);
      }
    }
    throw new SourceException(
        "%s: %s; %s"
            .formatted(
                file,
                name.map(n -> "no scenario '" + n + "' with selections").orElse("no selections"),
                names.isEmpty()
                    ? "run with report: {selections: true} to keep them"
                    : "there are those of " + Names.of(names)));
  }

  /** Whether some layer has; those that are digital have none. */
  private static boolean hasSelections(JsonNode scenario) {
    for (JsonNode layer : scenario.path("layers")) {
      if (layer.has("selectedRows")) {
        return true;
      }
    }
    return false;
  }

  private static SelectionSource selections(Path file, JsonNode report, JsonNode scenario)
      throws SourceException {
    List<LayerShape> layers = new ArrayList<>();
    List<List<Selection.Rows>> rows = new ArrayList<>();
    List<String> digital = new ArrayList<>();
    for (JsonNode node : scenario.path("layers")) {
      String layer = node.path("name").asText();
      if (node.path("on").asText().equals(DIGITAL)) {
        digital.add(layer);
        continue;
      }
      try {
        layers.add(
            new LayerShape(
                layer,
                size(node, "logicalRows", LayerShape.MAX_ROWS),
                size(node, "columns", LayerShape.MAX_COLUMNS)));
        rows.add(rows(node, layers.get(layers.size() - 1)));
        LayerShape.requireOwnNames(layers);
        requireAsMany(rows);
      } catch (IllegalArgumentException e) {
        throw new SourceException("%s: layer %s: %s".formatted(file, layer, e.getMessage()), e);
      }
    }
    return new StoredSelections(
        "%d iterations of the rows that scenario %s of run %s selected"
            .formatted(
                rows.get(0).size(), scenario.path("name").asText(), report.path("run").asText()),
        layers,
        notices(report, scenario, digital),
        rows);
  }

  /** What of the run's network is not in its selections. */
  private static List<String> notices(JsonNode report, JsonNode scenario, List<String> digital) {
    String run = PlainText.of(report.path("run").asText());
    List<String> notices = new ArrayList<>();
    for (JsonNode notice : report.path("notices")) {
      // Others are of that run's scenarios and iterations.
      if (MappedNetwork.isShare(notice.asText())) {
        notices.add("run %s: %s".formatted(run, PlainText.of(notice.asText())));
      }
    }
    if (!digital.isEmpty()) {
      notices.add(
          "run %s: not on crossbars in scenario %s, and so without selections and left out: %s"
              .formatted(run, PlainText.of(scenario.path("name").asText()), Names.of(digital)));
    }
    return notices;
  }

  private static int size(JsonNode layer, String key, int most) {
    JsonNode size = layer.path(key);
    if (!size.isInt()) {
      throw new IllegalArgumentException(
          "%s is %s; allowed: a whole number from 1 to %d"
              .formatted(key, size.isMissingNode() ? "missing" : size, most));
    }
    return size.intValue();
  }

  private static void requireAsMany(List<List<Selection.Rows>> rows) {
    int iterations = rows.get(rows.size() - 1).size();
    if (iterations != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "selections of %d iterations, where the first layer has those of %d"
              .formatted(iterations, rows.get(0).size()));
    }
  }

  private static List<Selection.Rows> rows(JsonNode node, LayerShape layer) {
    List<Selection.Rows> rows = new ArrayList<>();
    for (JsonNode selected : node.path("selectedRows")) {
      int[] indices = new int[selected.isArray() ? selected.size() : 1];
      for (int i = 0; i < indices.length; i++) {
        JsonNode index = selected.isArray() ? selected.get(i) : selected;
        // A larger number has no int of its own.
        indices[i] = index.isInt() ? index.intValue() : -1;
        if (indices[i] < 0 || indices[i] >= layer.rows()) {
          throw new IllegalArgumentException(
              "iteration %d selects %s, outside [0, %d)"
                  .formatted(rows.size(), selected, layer.rows()));
        }
      }
      rows.add(new Selection.Rows(indices));
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no selections");
    }
    return rows;
  }
}
