package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.contract.experiment.FileProblem;

/** Writes a report's files; the same report gives the same bytes. */
public final class ReportFolder {
  /** Names of the files that {@link #write} writes. */
  public static final List<String> FILES =
      List.of(
          "report.html",
          "report.json",
          "schemes.csv",
          "schemes.svg",
          "wear.csv",
          "timeline.csv",
          "lifetime.csv",
          "failures.csv");

  private ReportFolder() {}

  /** Writes one file. */
  @FunctionalInterface
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes {@link #FILES}, each whole or not at all; report.json last, so that who sees it finds
   * the others.
   *
   * @throws UncheckedIOException if a file cannot be written
   */
  public static void write(LifetimeReport report, Path folder) {
    try {
      Files.createDirectories(folder);
      writeFile(folder.resolve("schemes.csv"), text(out -> CsvFiles.schemes(report, out)));
      writeFile(folder.resolve("schemes.svg"), text(out -> out.write(SchemeChart.file(report))));
      writeFile(folder.resolve("wear.csv"), text(out -> CsvFiles.wear(report, out)));
      writeFile(folder.resolve("timeline.csv"), text(out -> CsvFiles.timeline(report, out)));
      writeFile(folder.resolve("lifetime.csv"), text(out -> CsvFiles.lifetime(report, out)));
      writeFile(folder.resolve("failures.csv"), text(out -> CsvFiles.failures(report, out)));
      writeFile(folder.resolve("report.html"), text(out -> HtmlReport.write(report, out)));
      PageFolder.write(report, folder, (file, bytes) -> writeFile(file, out -> out.write(bytes)));
      writeFile(folder.resolve("report.json"), out -> JsonReport.write(report, out));
    } catch (IOException e) {
      throw problem(folder, e);
    }
  }

  /**
   * Makes the folder and sees whether files can be written to it.
   *
   * @throws UncheckedIOException if not
   */
  public static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".probe", ".tmp"));
    } catch (IOException e) {
      throw problem(folder, e);
    }
  }

  private static UncheckedIOException problem(Path folder, IOException e) {
    return new UncheckedIOException(
        "The report cannot be written to %s: %s".formatted(folder, FileProblem.reason(e)), e);
  }

  /** Writes text. */
  @FunctionalInterface
  private interface Text {
    void write(Writer out) throws IOException;
  }

  private static Content text(Text text) {
    return out -> {
      Writer writer =
          new java.io.BufferedWriter(new java.io.OutputStreamWriter(out, StandardCharsets.UTF_8));
      text.write(writer);
      writer.flush();
    };
  }

  private static void writeFile(Path file, Content content) throws IOException {
    // A name of its own, so that two writers of one folder do not meet in it.
    Path temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        content.write(out);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
