package org.sgsars.standalone;

import java.io.IOException;

/** The system's Python, which has the libraries that the system's packages bring. */
final class Python {
  static final String COMMAND = "/usr/bin/python3";

  private Python() {}

  /**
   * Whether it is there, and has some modules.
   *
   * @param modules separated by commas
   */
  static boolean has(String modules) {
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
