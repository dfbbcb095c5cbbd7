package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.ScenarioSettings;
import org.sgsars.analyzer.core.SweepResults;

/**
 * The table of scenarios in report.html. What people ask for first stands first, so that it is on
 * the screen of a phone; settings are told by what differs.
 */
final class SchemesSection {
  private static final String NONE = "–";

  private final LifetimeReport report;
  private final Map<String, String> common;
  private final double longest;

  SchemesSection(LifetimeReport report) {
    this.report = report;
    this.common =
        ScenarioSettings.common(
            report.scenarios().stream().map(ScenarioLifetime::settings).toList());
    this.longest =
        report.scenarios().stream()
            .mapToDouble(s -> s.lifetimeExtension().orElse(0))
            .max()
            .orElse(1);
  }

  String html() {
    String headers =
        headers().stream()
            .map(header -> "<th scope=\"col\">%s</th>".formatted(header))
            .collect(Collectors.joining());
    String rows =
        new SweepResults(report).shown().stream().map(this::row).collect(Collectors.joining());
    return """
        <div class="scroll" tabindex="0" role="region" aria-label="Table of scenarios">
        <table class="device schemes">
        <caption>Every scenario on the same source. %s</caption>
        <thead><tr>%s</tr></thead>
        <tbody>
        %s</tbody>
        </table>
        </div>
        <details><summary>All settings of each scenario</summary><ul class="settings">%s</ul></details>
        """
        .formatted(alike(), headers, rows, settings());
  }

  private String alike() {
    String alike = ScenarioSettings.text(common, Map.of());
    return Html.escape(
        (alike.isEmpty() ? "" : "All have: %s. ".formatted(alike))
            + "Settings at their defaults are left out.");
  }

  private List<String> headers() {
    List<String> headers = new ArrayList<>(List.of("Scenario"));
    if (DeviceTable.isNeeded(report)) {
      headers.add("First loss");
    }
    headers.add("Lifetime extension");
    if (report.trains()) {
      headers.add("Accuracy");
    }
    headers.addAll(
        List.of(
            "Bound",
            "Efficiency",
            "Weakest layer",
            "Levelling overhead",
            "Largest writes per cell",
            "Mean writes per cell",
            "State bits per row"));
    return headers;
  }

  private String row(int index) {
    ScenarioLifetime scenario = report.scenarios().get(index);
    double share = scenario.lifetimeExtension().orElse(0) / Math.max(longest, 1e-9);
    List<String> cells = new ArrayList<>();
    if (DeviceTable.isNeeded(report)) {
      cells.add(
          cell(DeviceTable.at(scenario.onDevice().flatMap(DeviceLifetime::firstLoss), false)));
    }
    cells.add(
        "<td class=\"bar\"><span style=\"width:%s%%\"></span><b>%s</b></td>"
            .formatted(
                String.format(Locale.ROOT, "%.1f", 100 * share),
                number("%.2f×", scenario.lifetimeExtension(), 1)));
    if (report.trains()) {
      cells.add(cell(number("%.1f %%", scenario.lastAccuracy(), 100)));
    }
    cells.add(cell(number("%.2f×", scenario.bound(), 1)));
    cells.add(cell(number("%.1f %%", scenario.efficiency(), 100)));
    cells.add(cell(number("%.1f %%", scenario.leastLayerEfficiency(), 100)));
    cells.add(cell(number("%.1f %%", scenario.overhead(), 100)));
    cells.add(
        "<td>%d<small>%s</small></td>"
            .formatted(scenario.maxCellWrites(), Html.escape(LayersSection.mostWorn(scenario))));
    cells.add(cell(number("%.2f", OptionalDouble.of(scenario.meanCellWrites()), 1)));
    cells.add(cell(number("%.1f", scenario.stateBitsPerRow(), 1)));
    String own = ScenarioSettings.text(scenario.settings(), common);
    return "<tr><th scope=\"row\">%s<small>%s</small></th>%s</tr>\n"
        .formatted(
            Html.escape(scenario.name()),
            Html.escape(own.isEmpty() ? "defaults" : own),
            String.join("", cells));
  }

  /** Every setting, as an experiment file would have it. */
  private String settings() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < report.scenarios().size(); i++) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      all.append(
          "<li><b>%s</b>: <code>sparsifier %s; leveller %s; %s%s</code></li>"
              .formatted(
                  Html.escape(scenario.name()),
                  Html.escape(scenario.sparsifier()),
                  Html.escape(scenario.leveller()),
                  Html.escape(report.plan().scenarios().get(i).arraysText()),
                  Html.escape(
                      report.plan().scenarios().get(i).device().stream()
                          .map(device -> "; device " + device)
                          .collect(Collectors.joining()))));
    }
    return all.toString();
  }

  private static String cell(String value) {
    return "<td>" + Html.escape(value) + "</td>";
  }

  private static String number(String format, OptionalDouble value, int factor) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, factor * value.getAsDouble())
        : NONE;
  }
}
