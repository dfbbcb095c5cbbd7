package org.sgsars.source.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sgsars.file.FileProblem;
import org.sgsars.file.SkippedFiles;
import org.sgsars.source.SourceException;

/**
 * The files of a safetensors folder.
 *
 * @param iterations by iteration, from 0 without a gap, at least one
 * @param weights the initial weights, if there are any
 * @param layers the layer map, if there is one
 * @param notices what of the folder is skipped, for people
 */
record IterationFiles(
    List<Path> iterations, Optional<Path> weights, Optional<Path> layers, List<String> notices) {
  private static final String SUFFIX = ".safetensors";
  private static final String WEIGHTS = "initial-weights" + SUFFIX;
  private static final String LAYERS = "layers.json";

  /**
   * @throws SourceException if there are no iterations, or one is missing
   */
  static IterationFiles in(Path folder) throws SourceException {
    TreeMap<Long, Path> numbered = new TreeMap<>();
    Optional<Path> weights = Optional.empty();
    Optional<Path> layers = Optional.empty();
    List<Path> others = new ArrayList<>();
    SkippedFiles skipped = new SkippedFiles(folder);
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.sorted().toList()) {
        String name = file.getFileName().toString();
        if (skipped.hides(file)) {
          continue;
        }
        if (Files.isDirectory(file)) {
          skipped.folder(file);
        } else if (name.matches("[0-9]{1,18}\\.safetensors")) {
          add(numbered, file, Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
        } else if (name.equals(WEIGHTS)) {
          weights = Optional.of(file);
        } else if (name.equals(LAYERS)) {
          layers = Optional.of(file);
        } else {
          others.add(file);
          skipped.file(file);
        }
      }
    } catch (IOException e) {
      throw new SourceException(
          "Folder %s cannot be read: %s".formatted(folder, FileProblem.reason(e)), e);
    }
    Optional<String> foreign =
        numbered.isEmpty() ? ForeignFormat.problemOfFolder(folder, others) : Optional.empty();
    if (foreign.isPresent()) {
      throw new SourceException(foreign.get());
    }
    requireAll(folder, numbered);
    return new IterationFiles(List.copyOf(numbered.values()), weights, layers, skipped.notices());
  }

  private static void add(TreeMap<Long, Path> numbered, Path file, long number)
      throws SourceException {
    Path other = numbered.put(number, file);
    if (other != null) {
      throw new SourceException("%s and %s are both iteration %d".formatted(other, file, number));
    }
  }

  private static void requireAll(Path folder, TreeMap<Long, Path> numbered) throws SourceException {
    if (numbered.isEmpty()) {
      throw new SourceException(
          "Folder " + folder + " holds no iterations; expected files such as 000000.safetensors");
    }
    long expected = 0;
    for (Map.Entry<Long, Path> entry : numbered.entrySet()) {
      if (entry.getKey() != expected) {
        throw new SourceException(
            "%s: iteration %d is missing; %s comes next"
                .formatted(folder, expected, entry.getValue().getFileName()));
      }
      expected++;
    }
  }
}
