package org.sgsars.analyzer.report;

import java.util.List;
import java.util.stream.Collectors;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.LayerShape;

/** The layers in report.html: how they lie on crossbars, and how worn each is in each scenario. */
final class LayersSection {
  private static final int MOST_LAYERS = 500;

  private LayersSection() {}

  static String html(LifetimeReport report) {
    List<LayerShape> layers = report.plan().layers();
    int shown = Math.min(MOST_LAYERS, layers.size());
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < shown; i++) {
      rows.append(row(report, i));
    }
    String more =
        layers.size() > shown
            ? "<p>And %d more; report.json has all.</p>".formatted(layers.size() - shown)
            : "";
    String scenarios =
        new SweepResults(report)
            .shownScenarios().stream()
                .map(s -> "<th scope=\"col\">%s</th>".formatted(Html.escape(s.name())))
                .collect(Collectors.joining());
    return """
        <details><summary>The layers: how they lie on crossbars, and the largest writes per cell of each in each scenario</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of layers"><table class="device"><thead><tr><th scope="col">Layer</th><th scope="col">Rows</th><th scope="col">Columns</th><th scope="col">Map</th>%s</tr></thead><tbody>
        %s</tbody></table></div>%s</details>
        """
        .formatted(scenarios, rows, more);
  }

  private static String row(LifetimeReport report, int layer) {
    LayerShape shape = report.plan().layers().get(layer);
    return "<tr><th scope=\"row\">%s</th><td>%d</td><td>%d</td><td>%s</td>%s</tr>%n"
        .formatted(
            Html.escape(shape.name()),
            shape.rows(),
            shape.columns(),
            Html.escape(shape.map().text()),
            new SweepResults(report)
                .shownScenarios().stream()
                    .map(s -> s.layers().get(layer))
                    .map(of -> "<td>%s</td>".formatted(largest(of)))
                    .collect(Collectors.joining()));
  }

  private static String largest(LayerLifetime layer) {
    return layer.isDigital() ? "digital" : Long.toString(layer.maxCellWrites());
  }

  /** The layer with the most worn cell, the first of several; for people. */
  static String mostWorn(ScenarioLifetime scenario) {
    return scenario.layers().stream()
        .filter(layer -> layer.maxCellWrites() == scenario.maxCellWrites())
        .findFirst()
        .map(layer -> "layer " + layer.shape().name())
        .orElse("");
  }
}
