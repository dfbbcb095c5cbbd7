package org.sgsars.standalone;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The user's web browser. */
final class Browser {
  private Browser() {}

  /** Opens an address, if this system knows how; who reads the terminal finds it there, too. */
  static void open(String address) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    List<String> command;
    if (system.contains("windows")) {
      command = List.of("rundll32", "url.dll,FileProtocolHandler", address);
    } else {
      command = List.of(system.contains("mac") ? "open" : "xdg-open", address);
    }
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      System.err.println("No browser can be opened from here; open the page by hand.");
    }
  }
}
