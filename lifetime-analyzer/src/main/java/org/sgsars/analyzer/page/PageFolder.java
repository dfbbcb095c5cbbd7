package org.sgsars.analyzer.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.model.RunPlan;
import org.sgsars.service.TemporaryFiles;

/** What the page shows of runs that are over, from the folders of their reports. */
public final class PageFolder implements RunPages {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "page";

  private static final String SUMMARY = "summary.json";

  private record Listed(FileTime time, Line line) {}

  private final Path reports;
  private final Map<String, Listed> listed = new ConcurrentHashMap<>();

  /**
   * @param reports has a folder for each run
   */
  public PageFolder(Path reports) {
    this.reports = reports;
  }

  /** A file of a report's folder. */
  @FunctionalInterface
  public interface FileWriter {
    void write(Path file, byte[] content) throws IOException;
  }

  /**
   * Writes what the page shows of a run into its report's folder, the summary last.
   *
   * @param writer writes a file so that it is there whole or not at all
   */
  public static void write(LifetimeReport report, Path folder, FileWriter writer)
      throws IOException {
    Path page = folder.resolve(FOLDER);
    Files.createDirectories(page);
    TemporaryFiles.removeAbandoned(page);
    for (int layer = 0; layer < report.plan().layers().size(); layer++) {
      writer.write(page.resolve(layerFile(layer)), bytes(LayerDetail.of(report, layer)));
    }
    writer.write(summaryFile(folder), bytes(RunSummary.of(report)));
  }

  /** The file by which the page knows a report's folder. */
  public static Path summaryFile(Path folder) {
    return folder.resolve(FOLDER).resolve(SUMMARY);
  }

  private static String layerFile(int layer) {
    return "layer-%d.json".formatted(layer);
  }

  static byte[] bytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Line> runs() {
    try (Stream<Path> folders = Files.list(reports)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> String.valueOf(folder.getFileName()))
          .filter(RunPlan::isName)
          .map(this::line)
          .flatMap(Optional::stream)
          .sorted(Comparator.comparing(Line::createdAt).reversed().thenComparing(Line::run))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The list is asked for every few seconds, and most runs stay as they are. */
  private Optional<Line> line(String run) {
    Path file = reports.resolve(run).resolve(FOLDER).resolve(SUMMARY);
    try {
      FileTime time = Files.getLastModifiedTime(file);
      Listed known = listed.get(run);
      if (known == null || !known.time().equals(time)) {
        known = new Listed(time, line(run, JSON.readTree(file.toFile())));
        listed.put(run, known);
      }
      return Optional.of(known.line());
    } catch (NoSuchFileException e) {
      listed.remove(run);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be read".formatted(file), e);
    }
  }

  private static Line line(String run, JsonNode summary) {
    return new Line(
        run,
        summary.path("name").asText(),
        summary.path("complete").asBoolean() ? "finished" : "incomplete",
        new Pace(
            summary.path("iterations").asLong(),
            summary.path("plannedIterations").asLong(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        summary.path("createdAt").asText(),
        summary.path("updatedAt").asText());
  }

  @Override
  public Optional<byte[]> summary(String run) {
    return read(run, SUMMARY);
  }

  @Override
  public Optional<byte[]> layer(String run, int layer) {
    return layer < 0 ? Optional.empty() : read(run, layerFile(layer));
  }

  private Optional<byte[]> read(String run, String file) {
    if (!RunPlan.isName(run)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(reports.resolve(run).resolve(FOLDER).resolve(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long version(String run) {
    return 0;
  }

  @Override
  public boolean isLive(String run) {
    return false;
  }
}
