package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One-process runs that are killed, and go on. */
final class ResumeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ITERATIONS = 6000;

  @TempDir private Path folder = Path.of("");
  private CommandProcesses commands = new CommandProcesses(folder);

  @BeforeEach
  void inItsFolder() {
    commands = new CommandProcesses(folder);
  }

  @AfterEach
  void stopAll() {
    commands.close();
  }

  private int end(Process process) throws Exception {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private Path experiment() throws IOException {
    // A copy, which the test may change.
    return Files.copy(
        Runs.PROJECT.resolve("experiments/quickstart.yml"), folder.resolve("experiment.yml"));
  }

  @Test
  void resume_killedTwice_reportEqualsTheUndisturbedOne() throws Exception {
    Path out = folder.resolve("out");
    Path quickstart = Runs.PROJECT.resolve("experiments/quickstart.yml");
    Process run =
        commands.start(
            "run", quickstart.toString(), "--iterations=" + ITERATIONS, "--keep", "--out=" + out);
    killOnTheWay(run);
    killOnTheWay(commands.start("resume", out.toString()));
    assertThat(out.resolve("report.json")).doesNotExist();

    Process again = commands.start("run", quickstart.toString(), "--keep", "--out=" + out);
    assertThat(end(again)).isEqualTo(2);
    assertThat(commands.said(2)).contains("go on with it by ./sgs-ars resume " + out);

    Process last = commands.start("resume", out.toString());
    assertThat(end(last)).as(commands.said(last)).isZero();

    Path alone = folder.resolve("alone");
    Runs.run(quickstart, ITERATIONS, alone);
    assertThat(Runs.timeless(out)).isEqualTo(Runs.timeless(alone));
    assertThat(out.resolve("unfinished")).doesNotExist();
    assertThat(end(commands.start("resume", out.toString()))).isEqualTo(2);
    assertThat(commands.said(4)).contains(out + " holds no run that can go on");
  }

  private void killOnTheWay(Process process) throws Exception {
    Awaitility.await("on the way")
        .atMost(PATIENCE)
        .until(() -> commands.said(process).contains("first iteration after"));
    process.destroyForcibly().waitFor();
  }

  @Test
  void resume_stoppedByHand_goesOn() throws Exception {
    Path out = folder.resolve("out");
    Process run =
        commands.start(
            "run",
            Runs.PROJECT.resolve("experiments/quickstart.yml").toString(),
            "--iterations=" + ITERATIONS,
            "--keep",
            "--out=" + out);
    Awaitility.await("on the way")
        .atMost(PATIENCE)
        .until(() -> commands.said(0).contains("first iteration after"));
    run.destroy();
    assertThat(end(run)).isNotZero();
    assertThat(commands.said(0)).contains("The run is kept; it goes on by ./sgs-ars resume " + out);
    assertThat(Files.readString(out.resolve("report.json"))).contains("\"complete\" : false");

    assertThat(end(commands.start("resume", out.toString()))).as(commands.said(1)).isZero();

    assertThat(Files.readString(out.resolve("report.json"))).contains("\"complete\" : true");
  }

  @Test
  void resume_experimentChangedSince_isRefused() throws Exception {
    Path out = folder.resolve("out");
    Path experiment = experiment();
    new KeptRun("r", experiment, 100, 2, 1).write(out, Files.readString(experiment));
    Files.writeString(experiment, Files.readString(experiment) + "\n# changed\n");

    assertThat(end(commands.start("resume", out.toString()))).isEqualTo(2);

    assertThat(commands.said(0))
        .startsWith(experiment + " is no longer what it was when run r began; put it back");
  }
}
