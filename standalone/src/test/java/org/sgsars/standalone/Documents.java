package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the project that follow from its code. A test compares them; run with {@code
 * -Dsgsars.writeDocuments=true} it writes them instead.
 */
final class Documents {
  private static final boolean WRITES = Boolean.getBoolean("sgsars.writeDocuments");

  private Documents() {}

  static void compare(String file, String expected) throws IOException {
    Path path = Runs.PROJECT.resolve(file);
    if (WRITES) {
      Files.writeString(path, expected);
    }
    assertThat(Files.readString(path))
        .as("%s; the test writes it with -Dsgsars.writeDocuments=true", file)
        .isEqualTo(expected);
  }
}
