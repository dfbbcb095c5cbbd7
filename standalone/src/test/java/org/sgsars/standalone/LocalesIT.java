package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same numbers on machines that write them in other digits, or letters in other cases. */
final class LocalesIT {
  private static final List<String> ARABIC = List.of("-Duser.language=ar", "-Duser.country=EG");
  private static final List<String> TURKISH = List.of("-Duser.language=tr", "-Duser.country=TR");

  @TempDir private Path folder = Path.of("");
  private CommandProcesses commands = new CommandProcesses(folder);

  @BeforeEach
  void prepare() {
    commands = new CommandProcesses(folder);
  }

  @AfterEach
  void cleanUp() {
    commands.close();
  }

  private String output(int code, List<String> locale, List<String> program, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(locale);
    command.addAll(program);
    command.addAll(List.of(arguments));
    Process process = commands.java(command);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("over").isTrue();
    assertThat(process.exitValue()).as(commands.output(process)).isEqualTo(code);
    return commands.output(process);
  }

  @Test
  void run_arabicDigitsOrTurkishLetters_reportsTheSame() throws Exception {
    List<String> jar = List.of("-jar", "target/sgs-ars.jar");
    String file = Runs.PROJECT.resolve("experiments/quickstart.yml").toString();
    Path arabic = folder.resolve("arabic");
    Path turkish = folder.resolve("turkish");

    String output =
        output(
            0,
            ARABIC,
            jar,
            "run",
            file,
            "--in-memory",
            "--iterations",
            "5",
            "--out",
            arabic.toString());
    output(
        0,
        TURKISH,
        jar,
        "run",
        file,
        "--in-memory",
        "--iterations",
        "5",
        "--out",
        turkish.toString());

    assertThat(output).contains("5 of 5 iterations, 100 %").doesNotContainPattern("[٠-٩]");
    assertThat(Runs.timeless(arabic)).isEqualTo(Runs.timeless(turkish));
    Path here = folder.resolve("here");
    Runs.run(Path.of(file), 5, here);
    assertThat(Runs.timeless(arabic)).isEqualTo(Runs.timeless(here));
  }

  /** The others start by the same class, which LayeringTest says. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"sgs-service", "gradient-producer"})
  void service_arabicDigits_saysNumbersInLatinOnes(String service) throws Exception {
    Path jar = Runs.PROJECT.resolve(service + "/target/" + service + ".jar");

    String output =
        output(
            1,
            ARABIC,
            List.of("-jar", jar.toString()),
            "--sgsars.kafka.bootstrap-servers=127.0.0.1:1",
            "--sgsars.kafka.broker-wait=1s",
            "--sgsars.producer.experiment=" + Runs.PROJECT.resolve("experiments/quickstart.yml"),
            "--sgsars.state.store=folder",
            "--sgsars.state.folder=" + folder.resolve("state"),
            "--micronaut.server.port=-1");

    assertThat(output).contains("127.0.0.1:1").containsPattern("[0-9] s\\b");
    assertThat(output).doesNotContainPattern("[٠-٩]");
  }
}
