package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.contract.experiment.FileProblem;

/** Writes a report's files; the same report gives the same bytes. */
public final class ReportFolder {
  /** Names of the files that {@link #write} writes. */
  public static final List<String> FILES =
      Stream.concat(
              Stream.of("report.html", "report.json", "schemes.svg", "accuracy.svg"),
              ReportTables.ALL.stream().flatMap(table -> Stream.of(csv(table), parquet(table))))
          .toList();

  private ReportFolder() {}

  private static String csv(Table table) {
    return table.name() + ".csv";
  }

  private static String parquet(Table table) {
    return table.name() + ".parquet";
  }

  /** Writes one file. */
  @FunctionalInterface
  private interface Content {
    void write(Path file) throws IOException;
  }

  /**
   * Writes {@link #FILES}, but for accuracy.svg where nothing trains, each whole or not at all;
   * report.json last, so that who sees it finds the others.
   *
   * @throws UncheckedIOException if a file cannot be written
   */
  public static void write(LifetimeReport report, Path folder) {
    try {
      Files.createDirectories(folder);
      for (Table table : ReportTables.ALL) {
        writeFile(folder.resolve(csv(table)), text(out -> CsvFile.write(table, report, out)));
        writeFile(folder.resolve(parquet(table)), file -> ParquetFile.write(table, report, file));
      }
      writeFile(folder.resolve("schemes.svg"), text(out -> out.write(SchemeChart.file(report))));
      if (report.trains()) {
        writeFile(
            folder.resolve("accuracy.svg"), text(out -> out.write(LineChart.accuracyFile(report))));
      }
      writeFile(folder.resolve("report.html"), text(out -> HtmlReport.write(report, out)));
      PageFolder.write(
          report, folder, (file, bytes) -> writeFile(file, to -> Files.write(to, bytes)));
      writeFile(folder.resolve("report.json"), file -> writeJson(report, file));
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

  private static void writeJson(LifetimeReport report, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      JsonReport.write(report, out);
    }
  }

  /** Writes text. */
  @FunctionalInterface
  private interface Text {
    void write(Writer out) throws IOException;
  }

  private static Content text(Text text) {
    return file -> {
      try (Writer out = Files.newBufferedWriter(file)) {
        text.write(out);
      }
    };
  }

  private static void writeFile(Path file, Content content) throws IOException {
    // A name of its own, so that two writers of one folder do not meet in it.
    Path temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    try {
      content.write(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
