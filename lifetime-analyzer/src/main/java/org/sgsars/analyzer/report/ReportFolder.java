package org.sgsars.analyzer.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.failure.FailureReason;
import org.sgsars.file.FileProblem;
import org.sgsars.service.TemporaryFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a report's files; the same report gives the same bytes. */
public final class ReportFolder {
  /** Names of the files that {@link #write} writes. */
  public static final List<String> FILES =
      Stream.concat(
              Stream.of("report.html", "report.json", "schemes.svg", "accuracy.svg"),
              ReportTables.ALL.stream().flatMap(table -> Stream.of(csv(table), parquet(table))))
          .toList();

  private static final Logger LOG = LoggerFactory.getLogger(ReportFolder.class);

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
   * A form of the report.
   *
   * @param file of its own, in the report's folder; of several the last
   * @param writer writes it, whole or not at all
   */
  private record Form(Path file, Writing writer) {}

  /** Writes one form. */
  @FunctionalInterface
  private interface Writing {
    void write() throws IOException;
  }

  /**
   * Writes {@link #FILES}, but for accuracy.svg where nothing trains, each whole or not at all. The
   * page, the tables and report.json come first; who sees report.json finds the files before it. A
   * form that cannot be written keeps no other one back.
   *
   * @return why forms that others are left without, Parquet, pictures and the live page, could not
   *     be written, for people, one line each; what there was of them is gone
   * @throws UncheckedIOException if report.html, report.json or a CSV table cannot be written,
   *     after all others were
   */
  public static List<String> write(LifetimeReport report, Path folder) {
    try {
      Files.createDirectories(folder);
      TemporaryFiles.removeAbandoned(folder);
    } catch (IOException e) {
      throw problem(folder, e);
    }
    List<Throwable> causes = new ArrayList<>();
    List<String> problems = problems(mainForms(report, folder), causes);
    List<String> others = problems(otherForms(report, folder), new ArrayList<>());
    if (!problems.isEmpty()) {
      throw new UncheckedIOException(
          "The report cannot be written to %s: %s".formatted(folder, String.join("; ", problems)),
          new IOException(causes.get(0)));
    }
    return others;
  }

  private static List<Form> mainForms(LifetimeReport report, Path folder) {
    List<Form> forms = new ArrayList<>();
    for (Table table : ReportTables.ALL) {
      forms.add(form(folder.resolve(csv(table)), text(out -> CsvFile.write(table, report, out))));
    }
    forms.add(form(folder.resolve("report.html"), text(out -> HtmlReport.write(report, out))));
    forms.add(form(folder.resolve("report.json"), file -> writeJson(report, file)));
    return forms;
  }

  private static List<Form> otherForms(LifetimeReport report, Path folder) {
    List<Form> forms = new ArrayList<>();
    forms.add(
        new Form(
            PageFolder.summaryFile(folder),
            () ->
                PageFolder.write(
                    report,
                    folder,
                    (file, bytes) -> writeFile(file, to -> Files.write(to, bytes)))));
    forms.add(
        form(folder.resolve("schemes.svg"), text(out -> out.write(SchemeChart.file(report)))));
    if (report.trains()) {
      forms.add(
          form(
              folder.resolve("accuracy.svg"),
              text(out -> out.write(LineChart.accuracyFile(report)))));
    }
    for (Table table : ReportTables.ALL) {
      forms.add(
          form(folder.resolve(parquet(table)), file -> ParquetFile.write(table, report, file)));
    }
    return forms;
  }

  private static Form form(Path file, Content content) {
    return new Form(file, () -> writeFile(file, content));
  }

  /**
   * Writes forms, and says which could not be written and why.
   *
   * @param causes is given what each met
   */
  private static List<String> problems(List<Form> forms, List<Throwable> causes) {
    List<String> problems = new ArrayList<>();
    for (Form form : forms) {
      try {
        form.writer().write();
      } catch (IOException | RuntimeException | Error e) {
        // A missing library or too little memory, too: hours of a run are worth the other forms.
        causes.add(e);
        problems.add(form.file().getFileName() + ": " + FailureReason.of(e));
        removeOld(form.file());
      }
    }
    return problems;
  }

  /** One of an earlier report would contradict the other forms. */
  private static void removeOld(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} is of an earlier report and cannot be removed: {}", file, FileProblem.reason(e));
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
    Path temporary = TemporaryFiles.beside(file);
    try {
      content.write(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
