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
              Stream.of("report.html", "report.json", "schemes.svg"),
              ReportTables.NAMES.stream().flatMap(name -> Stream.of(csv(name), parquet(name))))
          .toList();

  private ReportFolder() {}

  private static String csv(String table) {
    return table + ".csv";
  }

  private static String parquet(String table) {
    return table + ".parquet";
  }

  /** Writes one file. */
  @FunctionalInterface
  private interface Content {
    void write(Path file) throws IOException;
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
      for (Table table : ReportTables.of(report)) {
        writeFile(folder.resolve(csv(table.name())), text(out -> CsvFile.write(table, out)));
        writeFile(folder.resolve(parquet(table.name())), file -> ParquetFile.write(table, file));
      }
      writeFile(folder.resolve("schemes.svg"), text(out -> out.write(SchemeChart.file(report))));
      writeFile(folder.resolve("report.html"), text(out -> HtmlReport.write(report, out)));
      PageFolder.write(
          report, folder, (file, bytes) -> writeFile(file, to -> Files.write(to, bytes)));
      writeFile(folder.resolve("report.json"), bytes(out -> JsonReport.write(report, out)));
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

  /** Writes bytes. */
  @FunctionalInterface
  private interface Bytes {
    void write(OutputStream out) throws IOException;
  }

  private static Content bytes(Bytes bytes) {
    return file -> {
      try (OutputStream out = Files.newOutputStream(file)) {
        bytes.write(out);
      }
    };
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
