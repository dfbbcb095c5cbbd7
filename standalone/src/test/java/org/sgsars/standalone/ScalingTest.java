package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/SCALING.md says of other sizes is what scripts/scaling.py works out. */
final class ScalingTest {
  private static final Pattern TABLE =
      Pattern.compile("<!-- table: ([a-z ]+) -->\n(.*?)(?=\n\n|\\z)", Pattern.DOTALL);

  @TempDir private Path folder = Path.of("");

  private static List<String> tables(String text) {
    return TABLE.matcher(text).results().map(MatchResult::group).sorted().toList();
  }

  @Test
  void document_tables_areThoseOfTheModel() throws Exception {
    assumeThat(Python.has("json")).as("Python is there").isTrue();
    Path said = folder.resolve("said.txt");

    int code = Python.run(said, Runs.PROJECT.resolve("scripts/scaling.py").toString());

    assertThat(code).as(Files.readString(said)).isZero();
    List<String> made = tables(Files.readString(said));
    assertThat(made).hasSize(5);
    assertThat(tables(Files.readString(Runs.PROJECT.resolve("docs/SCALING.md"))))
        .as("docs/SCALING.md; scripts/scaling.py --write writes them")
        .isEqualTo(made);
  }
}
