package org.sgsars.standalone;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
 * @param iterations of the run
 * @param partitions of the topics
 * @param instances of each of the three middle services
 */
record KeptRun(String run, Path experiment, long iterations, int partitions, int instances) {
  private static final String FOLDER = "unfinished";
  private static final String SETTINGS = "run.properties";
  private static final String COPY = "experiment.yml";

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
    Properties properties = new Properties();
    properties.setProperty("run", run);
    properties.setProperty("experiment", experiment.toString());
    properties.setProperty("iterations", Long.toString(iterations));
    properties.setProperty("partitions", Integer.toString(partitions));
    properties.setProperty("instances", Integer.toString(instances));
    Path file = folder.resolve(SETTINGS);
    Path temporary = folder.resolve(SETTINGS + ".tmp");
    try (Writer out = Files.newBufferedWriter(temporary)) {
      properties.store(out, "What ./sgs-ars resume goes on with");
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

  private static String value(Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  /**
   * The experiment, as it was when the run began.
   *
   * @param report folder of the run's report
   * @throws ExperimentException if its file is no longer what it was
   */
  Experiment experiment(Path report, Policies policies) throws ExperimentException {
    Experiment now = ExperimentFile.read(experiment, policies).withIterations(iterations);
    Path copy = folder(report).resolve(COPY);
    try {
      if (!now.text().equals(Files.readString(copy))) {
        throw problem(
            "%s is no longer what it was when run %s began; put it back as it is in %s, or begin another run"
                .formatted(experiment, run, copy));
      }
      return now;
    } catch (IOException e) {
      throw problem("%s cannot be read: %s".formatted(copy, FileProblem.reason(e)));
    }
  }

  private static ExperimentException problem(String message) {
    return new ExperimentException(List.of(message));
  }
}
