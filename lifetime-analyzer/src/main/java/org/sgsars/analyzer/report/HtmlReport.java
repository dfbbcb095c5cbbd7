package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepNotices;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;

/** report.html: one file that loads nothing, for the screen, the phone and the printer. */
final class HtmlReport {
  private static final String NONE = "–";
  private static final int MOST_LAYERS = 500;

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
    parts.put("rows", page.rows());
    parts.put("device", page.device() + RetirementTable.html(report));
    parts.put("sweeps", SweepSection.html(report));
    parts.put("chart", LineChart.wear(report));
    parts.put("accuracyhead", report.trains() ? "<th scope=\"col\">Accuracy</th>" : "");
    parts.put("accuracy", page.accuracy());
    parts.put("schemes", SchemeChart.svg(report));
    parts.put("gradient", page.scale.gradient());
    parts.put("ticks", page.ticks());
    parts.put("maps", page.maps());
    parts.put(
        "givenup",
        DeviceTable.isNeeded(report)
            ? "<span><span class=\"key up\"></span> worn out, without weights</span> "
            : "");
    parts.put("layers", page.layers());
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
    return "<div class=\"banner\" role=\"alert\"><strong>INCOMPLETE</strong>: %d of %d iterations.<ul>%s</ul></div>"
        .formatted(report.iterations(), report.plan().iterations(), items(report.warnings()));
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

  private String layers() {
    List<LayerShape> layers = report.plan().layers();
    StringBuilder rows = new StringBuilder();
    for (LayerShape layer : layers.subList(0, Math.min(MOST_LAYERS, layers.size()))) {
      rows.append(
          "<tr><th scope=\"row\">%s</th><td>%d</td><td>%d</td><td>%s</td></tr>%n"
              .formatted(
                  Html.escape(layer.name()),
                  layer.rows(),
                  layer.columns(),
                  Html.escape(layer.map().text())));
    }
    String more =
        layers.size() > MOST_LAYERS
            ? "<p>And %d more; report.json has all.</p>".formatted(layers.size() - MOST_LAYERS)
            : "";
    return """
        <details><summary>How the layers lie on crossbars</summary>
        <table><thead><tr><th scope="col">Layer</th><th scope="col">Rows</th><th scope="col">Columns</th><th scope="col">Map</th></tr></thead><tbody>
        %s</tbody></table>%s</details>
        """
        .formatted(rows, more);
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
    facts.put("Iterations", Long.toString(report.iterations()));
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

  private String rows() {
    double longest =
        report.scenarios().stream()
            .mapToDouble(s -> s.lifetimeExtension().orElse(0))
            .max()
            .orElse(1);
    StringBuilder rows = new StringBuilder();
    for (int i : new SweepResults(report).shown()) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      ScenarioPlan plan = report.plan().scenarios().get(i);
      double share = scenario.lifetimeExtension().orElse(0) / Math.max(longest, 1e-9);
      rows.append(
          """
          <tr><th scope="row">%s<small>%s<br>%s<br>%s</small></th>%s<td>%s</td><td>%d</td>\
          <td class="bar"><span style="width:%s%%"></span><b>%s</b></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>
          """
              .formatted(
                  Html.escape(scenario.name()),
                  Html.escape("sparsifier " + scenario.sparsifier()),
                  Html.escape("leveller " + scenario.leveller()),
                  Html.escape(plan.arraysText()),
                  report.trains()
                      ? "<td>%s</td>".formatted(number("%.1f %%", scenario.lastAccuracy(), 100))
                      : "",
                  number("%.2f", OptionalDouble.of(scenario.meanCellWrites()), 1),
                  scenario.maxCellWrites(),
                  String.format(Locale.ROOT, "%.1f", 100 * share),
                  number("%.2f×", scenario.lifetimeExtension(), 1),
                  number("%.2f×", scenario.bound(), 1),
                  number("%.1f %%", scenario.efficiency(), 100),
                  number("%.1f %%", scenario.leastLayerEfficiency(), 100),
                  number("%.1f %%", scenario.overhead(), 100),
                  number("%.1f", scenario.stateBitsPerRow(), 1)));
    }
    return rows.toString();
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
        <div class="scroll"><table class="device"><caption>%s</caption><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>
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

  private static String number(String format, OptionalDouble value, int factor) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, factor * value.getAsDouble())
        : NONE;
  }

  private String ticks() {
    StringBuilder ticks = new StringBuilder();
    for (int part = 0; part <= 4; part++) {
      ticks.append("<span>").append(scale.writesAt(part / 4.0)).append("</span>");
    }
    return ticks.toString();
  }

  private String maps() throws IOException {
    StringBuilder maps = new StringBuilder();
    for (int i : new SweepResults(report).shown()) {
      ScenarioLifetime scenario = report.scenarios().get(i);
      ScenarioPlan plan = report.plan().scenarios().get(i);
      maps.append("<section><h3>")
          .append(Html.escape(scenario.name()))
          .append("</h3><div class=\"maps\">");
      for (int layer = 0; layer < scenario.layers().size(); layer++) {
        maps.append(map(scenario.layers().get(layer), lies(plan, layer)));
      }
      maps.append("</div></section>\n");
    }
    return maps.toString();
  }

  /**
   * Where the rows of a layer lie that is in several blocks of columns, or on others' crossbars.
   */
  private String lies(ScenarioPlan scenario, int layer) {
    if (!scenario.retiresIn(layer)) {
      return "";
    }
    int blocks = scenario.forLayer(layer).array(report.plan().layers().get(layer)).columnBlocks();
    int borrowed = scenario.borrowedRows(layer);
    return (blocks > 1 ? " in %d blocks of columns".formatted(blocks) : "")
        + (borrowed > 0 ? ", %d wordlines borrowed".formatted(borrowed) : "");
  }

  /**
   * @param lies where its rows do, behind their number
   */
  private String map(LayerLifetime layer, String lies) throws IOException {
    if (layer.isDigital()) {
      return "<figure><figcaption><b>%s</b> digital: not on crossbars</figcaption></figure>%n"
          .formatted(Html.escape(layer.shape().name()));
    }
    HeatMap map = HeatMap.of(layer);
    String held =
        map.cells() || map.perPixel() > 1
            ? ""
            : Arrays.stream(layer.physicalToLogical())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
    String what =
        map.cells()
            ? "%d rows (across) × %d columns (down)".formatted(map.width(), map.height())
            : "%d rows%s".formatted(layer.physicalRows(), lies);
    String binned =
        map.perPixel() > 1 ? ", each dot the most worn of %d rows".formatted(map.perPixel()) : "";
    if (!map.cells() && layer.cellWrites() != null) {
      binned += ", too many cells to draw: each row shows its most worn cell";
    }
    String givenUp =
        map.givenUp().isEmpty()
            ? ""
            : " data-g=\"%s\""
                .formatted(
                    map.givenUp().stream()
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",")));
    String values =
        Arrays.stream(map.values()).mapToObj(Long::toString).collect(Collectors.joining(","));
    return """
        <figure><img src="%s" alt="Wear of layer %s: largest %d writes, mean %s" data-w="%d" data-per="%d" data-cells="%b"%s data-v="%s" data-l="%s">\
        <figcaption><b>%s</b> %s%s · largest %d, mean %s%s</figcaption></figure>
        """
        .formatted(
            map.png(scale),
            Html.escape(layer.shape().name()),
            layer.maxCellWrites(),
            number("%.2f", OptionalDouble.of(layer.meanCellWrites()), 1),
            map.width(),
            map.perPixel(),
            map.cells(),
            givenUp,
            values,
            held,
            Html.escape(layer.shape().name()),
            what,
            binned,
            layer.maxCellWrites(),
            number("%.2f", OptionalDouble.of(layer.meanCellWrites()), 1),
            layer.onDevice().map(device -> loss(layer, device)).orElse(""));
  }

  private static String loss(LayerLifetime layer, DeviceLifetime device) {
    return " · %slost %d of %d weights"
        .formatted(
            device
                .firstLoss()
                .map(loss -> "first loss %s, ".formatted(DeviceTable.firstLoss(loss)))
                .orElse(""),
            device.lostWeights(),
            layer.shape().cells());
  }
}
