package org.sgsars.source.selections;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sgsars.model.LayerList;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SelectionSourcePolicy;
import org.sgsars.source.SourceException;

/** Selections of a stored file: a table of rows, or the report of a run that kept them. */
public final class SelectionsSourcePolicy implements SelectionSourcePolicy {
  private static final String PATH = "path";
  private static final String LAYERS = "layers";
  private static final String SCENARIO = "scenario";

  @Override
  public String kind() {
    return "selections";
  }

  @Override
  public String summary() {
    return "The rows that a sparsifier selected in a run: a CSV table or a run's report.json.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.path(PATH, "A table iteration,LAYER,..., gzip or plain, or a report.json."),
        Parameter.layers(LAYERS, false, "The layers of a table; a report has its own."),
        Parameter.optionalText(
            SCENARIO, "Of a report, the scenario whose selections to take; the first by default."));
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    if (isReport(settings)) {
      return settings.has(LAYERS)
          ? Optional.of("a report names its layers itself; leave layers out")
          : Optional.empty();
    }
    if (settings.has(SCENARIO)) {
      return Optional.of("scenario goes with a path that ends in .json, a run's report");
    }
    return settings.has(LAYERS)
        ? Optional.empty()
        : Optional.of("layers is missing; a table does not say how many rows its layers have");
  }

  private static boolean isReport(Settings settings) {
    return settings.has(PATH) && settings.text(PATH).endsWith(".json");
  }

  @Override
  public SelectionSource openSelections(Settings settings, long seed) throws SourceException {
    Path path = Path.of(settings.text(PATH));
    return isReport(settings)
        ? ReportSelections.read(
            path, settings.has(SCENARIO) ? Optional.of(settings.text(SCENARIO)) : Optional.empty())
        : SelectionTable.read(path, LayerList.fromText(settings.text(LAYERS)));
  }
}
