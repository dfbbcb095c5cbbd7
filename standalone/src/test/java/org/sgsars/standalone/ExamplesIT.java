package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * The examples of python/examples that train on crossbars, for a few iterations each. Skipped where
 * Python has no PyTorch, Kafka or Avro libraries.
 */
final class ExamplesIT {
  private static final String MODULES = "torch, numpy, confluent_kafka, avro.schema";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Pattern READY = Pattern.compile("(?m)^ready: (\\S+), page (\\S+)$");
  private static final Path EXAMPLES = Runs.PROJECT.resolve("python/examples");
  private static final int MOST_LINES = 80;

  @TempDir private static Path folder = Path.of("");
  private static CommandProcesses commands = new CommandProcesses(folder);
  private static String servers = "";
  private static String page = "";

  @BeforeAll
  static void startThePipeline() throws Exception {
    assumeTrue(Python.has(MODULES), "needs " + Python.COMMAND + " with " + MODULES + " to run");
    commands = new CommandProcesses(folder);
    Process up = commands.start("up", "--port=0", "--page=0", "--out=" + folder.resolve("out"));
    Awaitility.await("ready")
        .atMost(TIMEOUT)
        .until(() -> READY.matcher(commands.output(up)).find() || !up.isAlive());
    Matcher ready = READY.matcher(commands.output(up));
    assertThat(ready.find()).as(commands.output(up)).isTrue();
    servers = ready.group(1);
    page = ready.group(2);
  }

  @AfterAll
  static void stopThePipeline() {
    commands.close();
  }

  private static String run(String name, int iterations, String... options) throws Exception {
    Path log = folder.resolve(name + ".log");
    List<String> arguments =
        List.of(
            EXAMPLES.resolve(name + ".py").toString(),
            "--iterations=" + iterations,
            "--run=" + name,
            "--servers=" + servers,
            "--page=" + page);
    int code =
        Python.run(
            log, Stream.concat(arguments.stream(), Stream.of(options)).toArray(String[]::new));
    assertThat(code).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }

  private static JsonNode report(String name) throws IOException {
    return new JsonMapper().readTree(folder.resolve("out/" + name + "/report.json").toFile());
  }

  /** The tests of the scenario that trained, the only one that has some. */
  private static JsonNode requireComplete(String name, int iterations) throws IOException {
    JsonNode report = report(name);
    assertThat(report.get("complete").asBoolean()).as(report.get("warnings").toString()).isTrue();
    assertThat(report.get("iterations").asInt()).isEqualTo(iterations);
    List<JsonNode> tests =
        report.findValues("accuracy").stream().filter(JsonNode::isArray).toList();
    assertThat(tests).hasSize(1);
    JsonNode last = tests.get(0).get(tests.get(0).size() - 1);
    assertThat(last.get("iterations").asInt()).isEqualTo(iterations);
    assertThat(last.get("images").asInt()).isPositive();
    return tests.get(0);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"lenet", "resnet18", "gpt"})
  void examples_arePagesThatPeopleRead(String name) throws IOException {
    assertThat(Files.readAllLines(EXAMPLES.resolve(name + ".py")))
        .hasSizeLessThanOrEqualTo(MOST_LINES);
    assertThat(Files.readString(Runs.PROJECT.resolve("examples/README.md"))).contains(name + ".py");
  }

  @Test
  void lenet_learns_andThePageShowsItMeanwhile() throws Exception {
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return run("lenet", 200);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    boolean isLookedAt = Chromium.isInstalled();
    if (isLookedAt) {
      ChromeDriver browser = Chromium.start(folder.resolve("saved"));
      try {
        browser.get(page + "#lenet");
        Awaitility.await("an accuracy on the page")
            .atMost(TIMEOUT)
            .ignoreExceptions()
            .until(() -> output.isDone() || shownAccuracy(browser) > 0);
        assertThat(output.isDone()).as("the training ended before the page showed it").isFalse();
      } finally {
        browser.quit();
      }
    }

    assertThat(output.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .contains("conv1, conv2, fc1, fc2, fc3 on crossbars", "/#lenet", "200 of 200")
        .containsPattern("sgs-paced +lives .* times as long as dense training, .*% correct");

    JsonNode tests = requireComplete("lenet", 200);
    assertThat(tests.get(0).get("iterations").asInt()).isZero();
    // It guesses one of ten before, and came to 60 % in trials.
    assertThat(tests.get(tests.size() - 1).get("accuracy").asDouble()).isGreaterThan(0.3);
  }

  private static double shownAccuracy(ChromeDriver browser) {
    return Chromium.attributes(browser, "#scenarios td[data-key=accuracy]", "data-value").stream()
        .filter(value -> value.matches("[0-9.]+"))
        .mapToDouble(Double::parseDouble)
        .max()
        .orElse(0);
  }

  @Test
  void resnet18_isComplete() throws Exception {
    String output = run("resnet18", 2, "--batch=4", "--width=16");

    assertThat(output).contains("21 layers on crossbars, made-up images", "2 of 2");
    requireComplete("resnet18", 2);
  }

  @Test
  void gpt_isComplete_andWrites() throws Exception {
    String output = run("gpt", 10);

    assertThat(output).contains("token, position, blocks.0.attention", "It writes: ");
    requireComplete("gpt", 10);
  }
}
