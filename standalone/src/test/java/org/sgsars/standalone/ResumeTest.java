package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What resume refuses. */
final class ResumeTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void resume_experimentChangedSince_isRefused() throws Exception {
    Path out = folder.resolve("out");
    // A copy, which the test may change.
    Path experiment =
        Files.copy(
            Runs.PROJECT.resolve("experiments/quickstart.yml"), folder.resolve("experiment.yml"));
    new KeptRun("r", experiment, 100, 2, 1).write(out, Files.readString(experiment));
    Files.writeString(experiment, Files.readString(experiment) + "\n# changed\n");

    Said said = Said.by("resume", out.toString());

    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err())
        .startsWith(experiment + " is no longer what it was when run r began; put it back");
  }

  @Test
  void resume_nothingIsKept_isRefused() {
    Said said = Said.by("resume", folder.toString());

    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(folder + " holds no run that can go on");
  }
}
