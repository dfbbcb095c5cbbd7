package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which command lines need an engine for networks; here there is none. */
final class PreflightTest {
  private static final String SCENARIOS = "scenarios: [{name: s, sparsifier: {kind: sgs}}]\n";

  @TempDir private Path folder = Path.of("");

  private String experiment(String text) throws Exception {
    return Files.writeString(folder.resolve("experiment.yml"), text).toString();
  }

  private String training() throws Exception {
    return experiment("name: t\nsource: {kind: train, data: D, iterations: 2}\n" + SCENARIOS);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{kind: train, data: D, iterations: 2}",
        "{data: \"D#1\", kind: train, iterations: 2}",
        "{\"kind\":\"train\",\"data\":\"D\",\"iterations\":2}",
        "\n  kind : train\n  data: D\n  iterations: 2",
        "\n  kind:\n    train\n  data: D\n  iterations: 2",
        "{kind: \"tr\\x61in\", data: D, iterations: 2}"
      })
  void lacksEngine_trainingInAnySpelling_isSeen(String source) throws Exception {
    String file = experiment("name: t\nsource: " + source + "\n" + SCENARIOS);

    assertThat(Preflight.lacksEngine("run", file)).isTrue();
  }

  @Test
  void lacksEngine_everyCommandThatOpensTheSource_isAsked() throws Exception {
    String file = training();
    Path kept = folder.resolve("kept");
    new KeptRun("r", Path.of(file), List.of(), 2, 1, 1)
        .write(kept, Files.readString(Path.of(file)));

    assertThat(Preflight.lacksEngine("validate", file)).isTrue();
    assertThat(Preflight.lacksEngine("run", "--iterations", "1", file, "--keep")).isTrue();
    assertThat(Preflight.lacksEngine("trace", "record", file, "trace.avro")).isTrue();
    assertThat(Preflight.lacksEngine("resume", kept.toString())).isTrue();
  }

  @Test
  void lacksEngine_commandsThatNeedNone_areNotStoppedForIt() throws Exception {
    String file = training();

    assertThat(Preflight.lacksEngine("bench", file)).isFalse();
    assertThat(Preflight.lacksEngine("run", file, "--help")).isFalse();
    assertThat(Preflight.lacksEngine("trace", "info", file)).isFalse();
    assertThat(Preflight.lacksEngine()).isFalse();
  }

  @Test
  void lacksEngine_wrongInput_isLeftToTheCommand() {
    assertThat(Preflight.lacksEngine("run", folder.resolve("none.yml").toString())).isFalse();
    assertThat(Preflight.lacksEngine("run", "--nonsense")).isFalse();
    assertThat(Preflight.lacksEngine("resume", folder.toString())).isFalse();
  }

  @Test
  void lacksEngine_onlyTheWordTrain_isNoTraining() throws Exception {
    String file =
        experiment(
            "name: train # kind: train\nsource: {kind: trace, path: train, iterations: 2}\n"
                + SCENARIOS);

    assertThat(Preflight.lacksEngine("run", file)).isFalse();
  }
}
