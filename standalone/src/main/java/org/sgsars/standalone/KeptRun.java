package org.sgsars.standalone;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.file.FileProblem;
import org.sgsars.policy.Policies;

/**
 * A run in this process that can go on after it was killed: what it was begun with, beside the
 * broker's log and the saved states, all in one folder in that of its report.
 *
 * @param run its name
 * @param experiment the experiment file, absolute
 * @param filesRead files whose content is part of the experiment, absolute
 * @param iterations of the run
 * @param partitions of the topics
 * @param instances of each of the three middle services
 */
record KeptRun(
    String run,
    Path experiment,
    List<Path> filesRead,
    long iterations,
    int partitions,
    int instances) {
  private static final String FOLDER = "unfinished";
  private static final String SETTINGS = "run.properties";
  private static final String COPY = "experiment.yml";

  /** Begins the names of the files read, and of their copies, which go on with a number from 1. */
  private static final String FILE_READ = "fileRead.";

  KeptRun {
    filesRead = List.copyOf(filesRead);
  }

  /** Where it is kept, in the folder of the run's report. */
  static Path folder(Path report) {
    return report.resolve(FOLDER);
  }

  /** Whether a report's folder holds one. */
  static boolean isIn(Path report) {
    return Files.exists(folder(report).resolve(SETTINGS));
  }

  /**
   * Writes what the run is begun with.
   *
   * @param text of the experiment file
   * @throws IOException if it cannot be written
   */
  void write(Path report, String text) throws IOException {
    Path folder = Files.createDirectories(folder(report));
    Files.writeString(folder.resolve(COPY), text);
    for (int i = 0; i < filesRead.size(); i++) {
      Files.copy(filesRead.get(i), copyOf(folder, i), StandardCopyOption.REPLACE_EXISTING);
    }
    Properties properties = new Properties();
    properties.setProperty("run", run);
    properties.setProperty("experiment", experiment.toString());
    for (int i = 0; i < filesRead.size(); i++) {
      properties.setProperty(FILE_READ + (i + 1), filesRead.get(i).toString());
    }
    properties.setProperty("iterations", Long.toString(iterations));
    properties.setProperty("partitions", Integer.toString(partitions));
    properties.setProperty("instances", Integer.toString(instances));
    Path file = folder.resolve(SETTINGS);
    Path temporary = folder.resolve(SETTINGS + ".tmp");
    try (Writer out = Files.newBufferedWriter(temporary)) {
      properties.store(out, "What ./sgs-ars resume continues");
    }
    Files.move(temporary, file);
  }

  /**
   * Reads what a run was begun with.
   *
   * @throws ExperimentException if there is none, or it cannot be read
   */
  static KeptRun read(Path report) throws ExperimentException {
    Path file = folder(report).resolve(SETTINGS);
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
      return new KeptRun(
          value(properties, "run"),
          Path.of(value(properties, "experiment")),
          filesRead(properties),
          Long.parseLong(value(properties, "iterations")),
          Integer.parseInt(value(properties, "partitions")),
          Integer.parseInt(value(properties, "instances")));
    } catch (NoSuchFileException e) {
      throw problem(
          "%s holds no run that can go on; allowed: the --out of a run begun with --keep that did not come to its end"
              .formatted(report));
    } catch (IOException | IllegalArgumentException e) {
      throw problem("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static List<Path> filesRead(Properties properties) {
    List<Path> files = new ArrayList<>();
    while (properties.containsKey(FILE_READ + (files.size() + 1))) {
      files.add(Path.of(value(properties, FILE_READ + (files.size() + 1))));
    }
    return files;
  }

  private static Path copyOf(Path folder, int fileRead) {
    return folder.resolve(FILE_READ + (fileRead + 1));
  }

  private static String value(Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  /**
   * The experiment, as it was when the run began.
   *
   * @param report folder of the run's report
   * @throws ExperimentException if its file, or one that was read with it, is no longer what it was
   */
  Experiment experiment(Path report, Policies policies) throws ExperimentException {
    Path folder = folder(report);
    // What has become of a table may be no table: that it changed says more than what is wrong.
    for (int i = 0; i < filesRead.size(); i++) {
      Path file = filesRead.get(i);
      requireSame(file, bytes(file), copyOf(folder, i));
    }
    Experiment now = ExperimentFile.read(experiment, policies).withIterations(iterations);
    requireSame(experiment, now.text().getBytes(StandardCharsets.UTF_8), folder.resolve(COPY));
    return now;
  }

  private void requireSame(Path file, byte[] now, Path copy) throws ExperimentException {
    if (!Arrays.equals(now, bytes(copy))) {
      throw problem(
          "%s is no longer what it was when run %s began; put it back as it is in %s, or begin another run"
              .formatted(file, run, copy));
    }
  }

  private static byte[] bytes(Path file) throws ExperimentException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw problem("%s cannot be read: %s".formatted(file, FileProblem.reason(e)));
    }
  }

  private static ExperimentException problem(String message) {
    return new ExperimentException(List.of(message));
  }
}
