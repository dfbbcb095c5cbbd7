package org.sgsars.source.selections;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.Setting;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SelectionSourcePolicy;
import org.sgsars.source.SourceException;

/** Selections of a stored file: a table of rows, or the report of a run that kept them. */
public final class SelectionsSourcePolicy
    implements SelectionSourcePolicy<SelectionsSourcePolicy.Settings> {
  @Override
  public String kind() {
    return "selections";
  }

  @Override
  public String summary() {
    return "For the bench: the rows that a sparsifier selected in a run.";
  }

  /**
   * Which selections.
   *
   * @param path a table or a report.json
   * @param layers of a table
   * @param scenario of a report
   */
  public record Settings(
      @Setting(
              about =
                  "The rows that were selected, as a table iteration,LAYER,... (CSV, plain or gzip; several rows with spaces between) or as the report.json of a run with report: {selections: true}.")
          Path path,
      @Setting(
              about =
                  "Of a table: its layers, a list of {name, rows, columns} or the path of a YAML or JSON file with one.",
              absent = "those of the report; required for a table")
          Optional<List<LayerShape>> layers,
      @Setting(
              about = "Of a report: the scenario whose selections to take.",
              absent = "the first that has any")
          Optional<String> scenario) {
    private boolean isReport() {
      return path.toString().endsWith(".json");
    }
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    if (settings.isReport()) {
      return settings.layers.isPresent()
          ? Optional.of("a report names its layers itself; leave layers out")
          : Optional.empty();
    }
    if (settings.scenario.isPresent()) {
      return Optional.of("scenario goes with a path that ends in .json, a run's report");
    }
    return settings.layers.isPresent()
        ? Optional.empty()
        : Optional.of("layers is missing; a table does not say how many rows its layers have");
  }

  @Override
  public SelectionSource openSelections(Settings settings, long seed) throws SourceException {
    return settings.isReport()
        ? ReportSelections.read(settings.path, settings.scenario)
        : SelectionTable.read(settings.path, settings.layers.orElseThrow());
  }
}
