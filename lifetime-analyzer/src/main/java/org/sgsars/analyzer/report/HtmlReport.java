package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.Writer;
import org.sgsars.analyzer.core.LifetimeReport;

/** report.html: placeholder body until the heat maps below are drawn. */
final class HtmlReport {
  private HtmlReport() {}

  static void write(LifetimeReport report, Writer out) throws IOException {
    out.write(LifetimeTable.render(report));
  }
}
