package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every process begins by making itself independent of the machine's locale. */
final class MainsTest {
  private static final Pattern MAIN =
      Pattern.compile("static void main\\(String\\[\\] args\\)[^{]*\\{\\s*([^(]*\\()");

  @Test
  void main_ofEveryProcess_setsTheDefaultsFirst() throws Exception {
    List<Path> sources;
    try (Stream<Path> files = Files.find(Runs.PROJECT, 12, (file, is) -> isMainCode(file))) {
      sources = files.toList();
    }
    int mains = 0;
    for (Path source : sources) {
      Matcher main = MAIN.matcher(Files.readString(source));
      if (main.find()) {
        mains++;
        assertThat(main.group(1))
            .as("first call of main in %s", source)
            .isIn("ProcessDefaults.set(", "ServiceLauncher.launch(");
      }
    }
    // Five services, the command, and those of chaos and benchmarks.
    assertThat(mains).isGreaterThanOrEqualTo(12);
  }

  private static boolean isMainCode(Path file) {
    return file.toString().endsWith(".java")
        && Runs.PROJECT.relativize(file).toString().contains("src/main/java");
  }
}
