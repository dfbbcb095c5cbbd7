package org.sgsars.analyzer.http;

import io.micronaut.context.annotation.Value;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.server.types.files.SystemFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.model.RunPlan;

/**
 * {@code GET /reports}: names of the runs that have a report; {@code GET /reports/RUN/FILE}: a file
 * of a report. Nothing else is read.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class ReportsController {
  private final Path folder;

  ReportsController(@Value("${sgsars.analyzer.reports:reports}") String folder) {
    this.folder = Path.of(folder);
  }

  /** Names of the runs with a report, in alphabetical order. */
  @Get("/reports")
  List<String> runs() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry.resolve("report.json")))
          .map(entry -> entry.getFileName().toString())
          .filter(RunPlan::isName)
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** One file of a run's report; 404 for anything else. */
  @Get("/reports/{run}/{file}")
  HttpResponse<?> file(String run, String file) {
    // First the names: not everything that can be asked for can be a path.
    if (!RunPlan.isName(run) || !ReportFolder.FILES.contains(file)) {
      return HttpResponse.notFound();
    }
    Path path = folder.resolve(run).resolve(file);
    if (!Files.isRegularFile(path)) {
      return HttpResponse.notFound();
    }
    return HttpResponse.ok(new SystemFile(path.toFile(), mediaType(file)));
  }

  private static MediaType mediaType(String file) {
    if (file.endsWith(".html")) {
      return MediaType.TEXT_HTML_TYPE;
    }
    if (file.endsWith(".parquet")) {
      return MediaType.of("application/vnd.apache.parquet");
    }
    if (file.endsWith(".svg")) {
      return MediaType.of("image/svg+xml");
    }
    return file.endsWith(".json") ? MediaType.APPLICATION_JSON_TYPE : MediaType.TEXT_CSV_TYPE;
  }
}
