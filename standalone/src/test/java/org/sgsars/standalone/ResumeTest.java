package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;

/** What resume refuses. */
final class ResumeTest {
  private static final String OF_A_TABLE =
      """
      name: measured
      source: {kind: skewed, iterations: 100, layers: [{name: a, rows: 4, columns: 2}]}
      device: {kind: measured, path: cells.csv}
      scenarios:
        - {name: all, sparsifier: {kind: dense}}
      """;

  @TempDir private Path folder = Path.of("");

  @Test
  void resume_experimentChangedSince_isRefused() throws Exception {
    Path out = folder.resolve("out");
    // A copy, which the test may change.
    Path experiment =
        Files.copy(
            Runs.PROJECT.resolve("experiments/quickstart.yml"), folder.resolve("experiment.yml"));
    new KeptRun("r", experiment, List.of(), 100, 2, 1).write(out, Files.readString(experiment));
    Files.writeString(experiment, Files.readString(experiment) + "\n# changed\n");

    CommandResult result = CommandResult.run("resume", out.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith(experiment + " is no longer what it was when run r began; put it back");
  }

  /** It need not be a table any more. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"cycles\n2e5\n4e5\n", "no table"})
  void resume_measuredTableChangedSince_isRefused(String changed) throws Exception {
    Path out = folder.resolve("out");
    Path table = Files.writeString(folder.resolve("cells.csv"), "cycles\n1e5\n3e5\n");
    Path file = Files.writeString(folder.resolve("experiment.yml"), OF_A_TABLE);
    Experiment experiment = ExperimentFile.read(file, Policies.onClassPath());
    new KeptRun("r", file, experiment.origin().filesRead(), 100, 2, 1)
        .write(out, experiment.text());
    Files.writeString(table, changed);

    CommandResult result = CommandResult.run("resume", out.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith(table + " is no longer what it was when run r began; put it back as it is in ");
    assertThat(out.resolve("unfinished/fileRead.1")).hasContent("cycles\n1e5\n3e5\n");
  }

  @Test
  void experiment_measuredTableAsItWas_isThatOfTheBeginning() throws Exception {
    Path out = folder.resolve("out");
    Files.writeString(folder.resolve("cells.csv"), "cycles\n1e5\n3e5\n");
    Path file = Files.writeString(folder.resolve("experiment.yml"), OF_A_TABLE);
    Policies policies = Policies.onClassPath();
    Experiment experiment = ExperimentFile.read(file, policies);
    new KeptRun("r", file, experiment.origin().filesRead(), 100, 2, 1)
        .write(out, experiment.text());

    assertThat(KeptRun.read(out).experiment(out, policies)).isEqualTo(experiment);
  }

  @Test
  void resume_nothingIsKept_isRefused() {
    CommandResult result = CommandResult.run("resume", folder.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(folder + " holds no run that can go on");
  }
}
