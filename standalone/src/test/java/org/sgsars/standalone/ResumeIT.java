package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One-process runs that are killed or stopped, and go on: on a broker, whose log outlives them. */
final class ResumeIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int ITERATIONS = 600;

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
    assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void resume_killedAndThenStoppedByHand_reportEqualsTheUndisturbedOne() throws Exception {
    Path out = folder.resolve("out");
    Path quickstart = Runs.pacedQuickstart(folder.resolve("paced.yml"), "");
    Process run =
        commands.start(
            "run", quickstart.toString(), "--iterations=" + ITERATIONS, "--keep", "--out=" + out);
    awaitOnTheWay(run);
    run.destroyForcibly().waitFor();
    assertThat(out.resolve("report.json")).doesNotExist();

    Process stopped = commands.start("resume", out.toString());
    awaitOnTheWay(stopped);
    stopped.destroy();
    assertThat(end(stopped)).isNotZero();
    assertThat(commands.output(stopped))
        .contains("The run is kept; continue it by ./sgs-ars resume " + out);
    assertThat(Files.readString(out.resolve("report.json")))
        .contains("\"complete\" : false", "; kept, to be continued by ./sgs-ars resume");

    CommandResult again = CommandResult.run("run", quickstart.toString(), "--keep", "--out=" + out);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("continue it by ./sgs-ars resume " + out);

    Process last = commands.start("resume", out.toString());
    assertThat(end(last)).as(commands.output(last)).isZero();

    Path alone = folder.resolve("alone");
    Runs.run(quickstart, ITERATIONS, alone);
    assertThat(Runs.timeless(out)).isEqualTo(Runs.timeless(alone));
    assertThat(out.resolve("unfinished")).doesNotExist();
  }

  private void awaitOnTheWay(Process process) {
    Awaitility.await("on the way")
        .atMost(TIMEOUT)
        .until(() -> commands.output(process).contains("first iteration after"));
  }
}
