package org.sgsars.analyzer.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.model.Sweep;

/** The part of report.html that shows results over swept settings. */
final class SweepSection {
  private final LifetimeReport report;

  private SweepSection(LifetimeReport report) {
    this.report = report;
  }

  /** The section; empty if the run sweeps nothing. */
  static String html(LifetimeReport report) {
    return report.plan().sweeps().isEmpty() ? "" : new SweepSection(report).section();
  }

  private String section() {
    StringBuilder html =
        new StringBuilder(
            """
            <h2>Over the swept settings</h2>
            <p>%s Elsewhere on this page the scenario of longest extension stands for its sweep; report.json and the tables have all.</p>
            """
                .formatted(Html.escape(SweepTable.LEGEND)));
    for (List<Sweep> alike : alike()) {
      html.append("<h3>%s</h3>\n".formatted(Html.escape(title(alike))));
      for (SweepMetric metric : SweepMetric.ALL) {
        String svg =
            alike.get(0).ranges().size() == 1
                ? SweepLines.svg(report, metric, alike)
                : SweepMap.svg(report, metric, alike.get(0));
        if (!svg.isEmpty()) {
          html.append(
              "<h4>%s</h4>\n<div class=\"scroll chart\" tabindex=\"0\" role=\"region\" aria-label=\"Chart of swept settings: %s\">%s</div>\n"
                  .formatted(metric.title(), metric.title(), svg));
        }
      }
      alike.forEach(sweep -> html.append(table(sweep)));
    }
    return html.append('\n').toString();
  }

  /** Sweeps over one and the same setting are drawn as lines of one chart. */
  private List<List<Sweep>> alike() {
    Map<Object, List<Sweep>> alike = new LinkedHashMap<>();
    for (Sweep sweep : report.plan().sweeps()) {
      Object key = sweep.ranges().size() == 1 ? sweep.ranges() : sweep;
      alike.computeIfAbsent(key, k -> new ArrayList<>()).add(sweep);
    }
    return List.copyOf(alike.values());
  }

  private static String title(List<Sweep> alike) {
    return alike.stream().map(SweepTable::title).collect(Collectors.joining("; "));
  }

  private String table(Sweep sweep) {
    SweepTable table = new SweepTable(report, sweep);
    String headers =
        table.headers().stream()
            .map(header -> "<th scope=\"col\">" + Html.escape(header) + "</th>")
            .collect(Collectors.joining());
    String rows =
        table.rows().stream()
            .map(
                row ->
                    row.stream()
                        .map(value -> "<td>" + Html.escape(value) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
            .collect(Collectors.joining());
    return """
        <details><summary>The %d scenarios of %s in numbers</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of a sweep"><table class="device"><thead><tr>%s</tr></thead><tbody>
        %s</tbody></table></div></details>
        """
        .formatted(sweep.count(), Html.escape(sweep.name()), headers, rows);
  }
}
