package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.SweepNotices;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;

/** report.html: one file that loads nothing, for the screen, the phone and the printer. */
final class HtmlReport {

  private final LifetimeReport report;
  private final WearScale scale;

  private HtmlReport(LifetimeReport report) {
    this.report = report;
    this.scale =
        new WearScale(
            Math.max(
                1, report.scenarios().stream().mapToLong(s -> s.maxCellWrites()).max().orElse(1)));
  }

  static void write(LifetimeReport report, Writer out) throws IOException {
    HtmlReport page = new HtmlReport(report);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("title", Html.escape(report.plan().name()));
    parts.put("banner", page.banner());
    parts.put("facts", page.facts());
    parts.put("notices", page.notices());
    parts.put("schemestable", new SchemesSection(report).html());
    parts.put("device", page.device() + RetirementTable.html(report));
    parts.put("sweeps", SweepSection.html(report));
    parts.put("chart", LineChart.wear(report));
    parts.put("accuracy", page.accuracy());
    parts.put("schemes", SchemeChart.svg(report));
    parts.put("gradient", page.scale.gradient());
    parts.put("ticks", page.ticks());
    parts.put("maps", new MapsSection(report, page.scale).html());
    parts.put(
        "givenup",
        DeviceTable.isNeeded(report)
            ? "<span><span class=\"key up\"></span> worn out, without weights</span> "
            : "");
    parts.put("layers", LayersSection.html(report));
    parts.put("experiment", Html.escape(report.plan().experiment()));
    out.write(fill(template(), parts));
  }

  private static String template() throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.html")) {
      if (in == null) {
        throw new IOException("report.html is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Every part goes in once and is not looked at again, so no value can pose as a place. */
  private static String fill(String template, Map<String, String> parts) {
    return java.util.regex.Pattern.compile("\\{\\{(\\w+)}}")
        .matcher(template)
        .replaceAll(
            match ->
                java.util.regex.Matcher.quoteReplacement(parts.getOrDefault(match.group(1), "")));
  }

  private String banner() {
    if (report.complete()) {
      return "";
    }
    return "<div class=\"banner\" role=\"alert\"><strong>INCOMPLETE</strong>: %s.<ul>%s</ul></div>"
        .formatted(report.reach(), items(report.warnings()));
  }

  private String notices() {
    List<String> notices = report.notices();
    return notices.isEmpty()
        ? ""
        : "<h2>What to know first</h2>\n<ul class=\"notices\">%s</ul>\n"
            .formatted(foldedBySweep(notices));
  }

  /** Those of a sweep's scenarios stand together, where the first of them stood. */
  private String foldedBySweep(List<String> notices) {
    List<Optional<Sweep>> sweeps = SweepNotices.sweeps(report.plan(), notices);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < notices.size(); i++) {
      Optional<Sweep> sweep = sweeps.get(i);
      List<String> together =
          IntStream.range(0, notices.size())
              .filter(other -> sweeps.get(other).equals(sweep))
              .mapToObj(notices::get)
              .toList();
      if (sweep.isEmpty() || together.size() == 1) {
        all.append(items(List.of(notices.get(i))));
      } else if (sweeps.indexOf(sweep) == i) {
        all.append(
            "<li><details><summary>Sweep %s: %d notices on its scenarios. The first: %s</summary><ul>%s</ul></details></li>"
                .formatted(
                    Html.escape(sweep.get().name()),
                    together.size(),
                    Html.escape(notices.get(i)),
                    items(together)));
      }
    }
    return all.toString();
  }

  private static String items(List<String> texts) {
    return texts.stream()
        .map(text -> "<li>" + Html.escape(text) + "</li>")
        .collect(Collectors.joining());
  }

  private String facts() {
    RunPlan plan = report.plan();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Run", plan.run());
    facts.put("Source", plan.source());
    report.wireNote().ifPresent(note -> facts.put("Wire", note));
    facts.put(
        "Iterations", report.complete() ? Long.toString(report.iterations()) : report.reach());
    facts.put(
        "Network",
        "%d layers, %d weights"
            .formatted(
                plan.layers().size(), plan.layers().stream().mapToLong(l -> l.cells()).sum()));
    facts.put(
        "Optimizer",
        "%smomentum %s%s, learning rate %s, weight decay %s"
            .formatted(
                plan.optimizer().momentum().nesterov() ? "Nesterov " : "",
                plan.optimizer().momentum().factor(),
                plan.optimizer().momentum().dampening() == 0
                    ? ""
                    : ", dampening " + plan.optimizer().momentum().dampening(),
                plan.optimizer().learningRate(),
                plan.optimizer().weightDecay()));
    facts.put("Seed", Long.toString(plan.seed()));
    facts.put("Started", Instant.ofEpochMilli(plan.createdAtMs()).toString());
    facts.put("Finished", Instant.ofEpochMilli(report.finishedAtMs()).toString());
    return facts.entrySet().stream()
        .map(f -> "<dt>" + f.getKey() + "</dt><dd>" + Html.escape(f.getValue()) + "</dd>")
        .collect(Collectors.joining());
  }

  private String accuracy() {
    if (!report.trains()) {
      return "";
    }
    return """
        <h2>How well the network does</h2>
        <p>The share of test images that the network on a scenario's crossbars gives their class. Scenarios without a line are judged on the gradients of the one that trains.</p>
        <div class="scroll chart" tabindex="0" role="region" aria-label="Chart of the test accuracy">%s</div>

        """
        .formatted(LineChart.accuracy(report));
  }

  private String device() {
    if (!DeviceTable.isNeeded(report)) {
      return "";
    }
    String headers =
        DeviceTable.headers(report).stream()
            .map(header -> "<th scope=\"col\">" + Html.escape(header) + "</th>")
            .collect(Collectors.joining());
    StringBuilder rows = new StringBuilder();
    for (List<String> row : DeviceTable.rows(report, true)) {
      rows.append("<tr><th scope=\"row\">").append(Html.escape(row.get(0))).append("</th>");
      row.stream()
          .skip(1)
          .forEach(value -> rows.append("<td>").append(withMoreBelow(value)).append("</td>"));
      rows.append("</tr>\n");
    }
    return """
        <h2>When its cells fail</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Table of failures"><table class="device"><caption>%s</caption><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>
        <p>A cell fails at the first write beyond its endurance. A weight is lost while a cell of its place is worn out. Shares are of the network's cells that worked when fresh; of weights, of those on crossbars. Devices: %s.</p>
        """
        .formatted(
            Html.escape(DeviceTable.LEGEND + " " + DeviceTable.BANDS), headers, rows, devices());
  }

  /** Beside their values bands, and what levelling costs, would make the table too wide. */
  private static String withMoreBelow(String value) {
    int more = Math.max(value.indexOf(" ["), value.indexOf(" + "));
    return more < 0
        ? Html.escape(value)
        : "%s<small>%s</small>"
            .formatted(
                Html.escape(value.substring(0, more)), Html.escape(value.substring(more + 1)));
  }

  /** Spread within an array is an assumption: it stands where its consequences do. */
  private String devices() {
    return report.plan().scenarios().stream()
        .flatMap(HtmlReport::devicesOf)
        .distinct()
        .map(device -> "<code>" + Html.escape(device.toString()) + "</code>")
        .collect(Collectors.joining(", "));
  }

  /** The scenario's, and those of layers that have others. */
  private static Stream<PolicyChoice> devicesOf(ScenarioPlan scenario) {
    return Stream.concat(
        scenario.device().stream(),
        scenario.exceptions().settings().stream()
            .filter(settings -> !settings.isDigital())
            .flatMap(settings -> settings.device().stream()));
  }

  private String ticks() {
    StringBuilder ticks = new StringBuilder();
    for (int part = 0; part <= 4; part++) {
      ticks.append("<span>").append(scale.writesAt(part / 4.0)).append("</span>");
    }
    return ticks.toString();
  }
}
