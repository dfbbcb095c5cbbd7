package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One-process runs that are killed, and go on. */
final class ResumeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ITERATIONS = 6000;

  @TempDir private Path folder = Path.of("");
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void stopAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Path log(int process) {
    return folder.resolve("log-" + process);
  }

  private Process sgsArs(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.add("-Dlogback.configurationFile=logback-sgs-ars.xml");
    command.add("-jar");
    command.add(Path.of("target/sgs-ars.jar").toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(processes.size()).toFile())
            .start();
    processes.add(process);
    return process;
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
        sgsArs(
            "run", quickstart.toString(), "--iterations=" + ITERATIONS, "--keep", "--out=" + out);
    killOnTheWay(run);
    killOnTheWay(sgsArs("resume", out.toString()));
    assertThat(out.resolve("report.json")).doesNotExist();

    Process again = sgsArs("run", quickstart.toString(), "--keep", "--out=" + out);
    assertThat(end(again)).isEqualTo(2);
    assertThat(Files.readString(log(2))).contains("go on with it by ./sgs-ars resume " + out);

    assertThat(end(sgsArs("resume", out.toString()))).as(Files.readString(log(2))).isZero();

    Path alone = folder.resolve("alone");
    Runs.run(quickstart, ITERATIONS, alone);
    assertThat(Runs.timeless(out)).isEqualTo(Runs.timeless(alone));
    assertThat(out.resolve("unfinished")).doesNotExist();
    assertThat(end(sgsArs("resume", out.toString()))).isEqualTo(2);
    assertThat(Files.readString(log(4))).contains(out + " holds no run that can go on");
  }

  private void killOnTheWay(Process process) throws Exception {
    Path log = log(processes.indexOf(process));
    Awaitility.await("on the way")
        .atMost(PATIENCE)
        .until(() -> Files.readString(log).contains("first iteration after"));
    process.destroyForcibly().waitFor();
  }

  @Test
  void resume_stoppedByHand_goesOn() throws Exception {
    Path out = folder.resolve("out");
    Process run =
        sgsArs(
            "run",
            Runs.PROJECT.resolve("experiments/quickstart.yml").toString(),
            "--iterations=" + ITERATIONS,
            "--keep",
            "--out=" + out);
    Awaitility.await("on the way")
        .atMost(PATIENCE)
        .until(() -> Files.readString(log(0)).contains("first iteration after"));
    run.destroy();
    assertThat(end(run)).isNotZero();
    assertThat(Files.readString(log(0)))
        .contains("The run is kept; it goes on by ./sgs-ars resume " + out);
    assertThat(Files.readString(out.resolve("report.json"))).contains("\"complete\" : false");

    assertThat(end(sgsArs("resume", out.toString()))).isZero();

    assertThat(Files.readString(out.resolve("report.json"))).contains("\"complete\" : true");
  }

  @Test
  void resume_experimentChangedSince_isRefused() throws Exception {
    Path out = folder.resolve("out");
    Path experiment = experiment();
    new KeptRun("r", experiment, 100, 2, 1).write(out, Files.readString(experiment));
    Files.writeString(experiment, Files.readString(experiment) + "\n# changed\n");

    assertThat(end(sgsArs("resume", out.toString()))).isEqualTo(2);

    assertThat(Files.readString(log(0)))
        .startsWith(experiment + " is no longer what it was when run r began; put it back");
  }
}
