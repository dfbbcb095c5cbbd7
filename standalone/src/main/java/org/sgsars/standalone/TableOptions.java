package org.sgsars.standalone;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.report.LifetimeTable;
import picocli.CommandLine.Option;

/** How a report is printed on the terminal. */
final class TableOptions {
  @Option(
      names = "--wide",
      description = "Print every column of the tables, however wide they become.")
  private boolean wide;

  /**
   * Prints the table on standard output.
   *
   * @param notices of the report's, those to be printed with it
   */
  void print(LifetimeReport report, List<String> notices) {
    System.out.println(
        wide ? LifetimeTable.renderWide(report, notices) : LifetimeTable.render(report, notices));
  }

  /**
   * Prints where the report is, and what can be done next.
   *
   * @param folder of the report
   */
  static void printNext(Path folder) {
    System.out.println("report: " + folder.resolve("report.html"));
    Path parent = folder.getParent();
    System.out.printf(
        "next: ./sgs-ars serve %s shows and compares runs; a list, such as interval: [128, 512], sweeps a setting%n",
        parent == null ? "." : parent);
  }
}
