package org.sgsars.analyzer.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.SweepResults;
import org.sgsars.model.ScenarioPlan;

/** The wear maps of report.html: of each shown scenario one for each layer. */
final class MapsSection {
  private final LifetimeReport report;
  private final WearScale scale;

  /**
   * @param scale of all maps
   */
  MapsSection(LifetimeReport report, WearScale scale) {
    this.report = report;
    this.scale = scale;
  }

  String html() throws IOException {
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
      return "<figure><figcaption><b>layer %s</b>: digital, not on crossbars</figcaption></figure>%n"
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
    String retired =
        map.retired().isEmpty()
            ? ""
            : " data-g=\"%s\""
                .formatted(
                    map.retired().stream()
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",")));
    String values =
        Arrays.stream(map.values()).mapToObj(Long::toString).collect(Collectors.joining(","));
    return """
        <figure><img src="%s" alt="Wear of layer %s: largest %d writes, mean %s" data-w="%d" data-per="%d" data-cells="%b"%s data-v="%s" data-l="%s">\
        <figcaption><b>layer %s</b>: %s%s · largest %d, mean %s%s</figcaption></figure>
        """
        .formatted(
            map.png(scale),
            Html.escape(layer.shape().name()),
            layer.maxCellWrites(),
            String.format(Locale.ROOT, "%.2f", layer.meanCellWrites()),
            map.width(),
            map.perPixel(),
            map.cells(),
            retired,
            values,
            held,
            Html.escape(layer.shape().name()),
            what,
            binned,
            layer.maxCellWrites(),
            String.format(Locale.ROOT, "%.2f", layer.meanCellWrites()) + moved(layer),
            layer.onDevice().map(device -> loss(layer, device)).orElse(""));
  }

  /** How many contents levelling has left elsewhere than they began. */
  private static String moved(LayerLifetime layer) {
    int[] holds = layer.physicalToLogical();
    long moved =
        IntStream.range(0, holds.length).filter(p -> holds[p] >= 0 && holds[p] != p).count();
    return moved == 0 ? "" : " · %d rows lie elsewhere than at the start".formatted(moved);
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
