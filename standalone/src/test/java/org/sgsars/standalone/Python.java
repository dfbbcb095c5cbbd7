package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The system's Python, which has the libraries that the system's packages bring. */
public final class Python {
  public static final String COMMAND = "/usr/bin/python3";
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private Python() {}

  /**
   * Runs a program with the package of {@code python/} at hand.
   *
   * @param log takes what it says
   * @return its exit status
   */
  static int run(Path log, String... arguments) throws IOException, InterruptedException {
    return run(log, TIMEOUT, arguments);
  }

  /**
   * The same.
   *
   * @param patience how long it may take
   */
  public static int run(Path log, Duration patience, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("PYTHONPATH", Runs.PROJECT.resolve("python/src").toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command + " does not come to an end");
    }
    return process.exitValue();
  }

  /**
   * Whether it is there, and has some modules.
   *
   * @param modules separated by commas
   */
  public static boolean has(String modules) {
    try {
      return new ProcessBuilder(COMMAND, "-c", "import " + modules)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
