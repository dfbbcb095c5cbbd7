package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * The page in a real browser, from a run's first iterations to its end and after. What it looked
 * like is kept in {@code target/page}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BrowserIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final int ITERATIONS = 1_500;
  private static final Path PICTURES = Path.of("target/page");
  private static final Pattern ADDRESS = Pattern.compile("page: (http://127\\.0\\.0\\.1:\\d+/)");

  @TempDir private static Path folder = Path.of("");
  private static List<AutoCloseable> open = List.of();
  private static Optional<ChromeDriver> browser = Optional.empty();
  private static String address = "";

  @BeforeAll
  static void startARunAndABrowser() throws Exception {
    Chromium.assumeInstalled();
    Files.createDirectories(PICTURES);
    CommandProcesses commands = new CommandProcesses(folder);
    open = List.of(commands);
    Process run =
        commands.start(
            "run",
            Runs.pacedQuickstart(folder.resolve("watched.yml"), "report: {selections: true}")
                .toString(),
            "--iterations=" + ITERATIONS,
            "--open",
            "--port=0",
            "--out=" + folder.resolve("reports/watched"));
    browser = Optional.of(Chromium.start(folder.resolve("saved")));
    open = List.of(browser.get()::quit, commands);
    Awaitility.await("the page").atMost(TIMEOUT).until(() -> output(commands, run).find());
    Matcher output = output(commands, run);
    address = output.find() ? output.group(1) : "";
    browser.get().get(address);
  }

  private static Matcher output(CommandProcesses commands, Process run) throws IOException {
    return ADDRESS.matcher(commands.output(run));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable closed : open) {
      closed.close();
    }
  }

  private static ChromeDriver page() {
    return browser.orElseThrow();
  }

  private static String text(String selector) {
    return Chromium.text(page(), selector);
  }

  private static long asNumber(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  private static List<WebElement> all(String selector) {
    return page().findElements(By.cssSelector(selector)).stream()
        .filter(WebElement::isDisplayed)
        .toList();
  }

  private static void keepPicture(String name) throws IOException {
    // Charts are drawn when they are looked at.
    for (WebElement chart : all("#charts article, #maps")) {
      page().executeScript("arguments[0].scrollIntoView({block: 'center'})", chart);
      Awaitility.await("a drawing")
          .atMost(TIMEOUT)
          .until(
              () ->
                  !chart.findElements(By.cssSelector("canvas, .missing:not([hidden])")).isEmpty());
    }
    page().executeScript("scrollTo(0, 0)");
    Object height = page().executeScript("return Math.ceil(document.documentElement.scrollHeight)");
    Map<String, Object> clip =
        Map.of(
            "x",
            0,
            "y",
            0,
            "scale",
            1,
            "width",
            Objects.requireNonNull(page().executeScript("return innerWidth")),
            "height",
            Objects.requireNonNull(height));
    Object picture =
        page()
            .executeCdpCommand(
                "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip))
            .get("data");
    Files.write(
        PICTURES.resolve(name + ".png"), OutputType.BYTES.convertFromBase64Png("" + picture));
  }

  /** Whatever a test did, the browser had nothing to complain of. */
  @AfterEach
  void noErrorOnTheConsole() {
    assertThat(Chromium.complaints(page())).isEmpty();
  }

  @Test
  @Order(1)
  void page_runGoesOn_isFollowedToItsEnd() throws Exception {
    List<Long> seen = new ArrayList<>();
    AtomicLong movedAt = new AtomicLong(System.nanoTime());
    Pattern progress = Pattern.compile("Run \\S+: ([\\d,]+) of 1,500 iterations\\.");
    // However slow the machine: the run may take its time as long as it goes on.
    Awaitility.await("the end of the run")
        .atMost(10 * TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .failFast("the run goes on", () -> System.nanoTime() - movedAt.get() > TIMEOUT.toNanos())
        .until(
            () -> {
              String output = text("#said");
              Matcher now = progress.matcher(output);
              if (now.matches()) {
                long iterations = asNumber(now.group(1));
                if (seen.isEmpty() || iterations > seen.get(seen.size() - 1)) {
                  movedAt.set(System.nanoTime());
                  seen.add(iterations);
                  // The picture takes long, and the run goes on meanwhile.
                  if (seen.size() == 3) {
                    keepPicture("running");
                  }
                }
                assertThat(iterations).isGreaterThanOrEqualTo(seen.get(seen.size() - 1));
              }
              return output.contains("is finished: 1,500 of 1,500 iterations");
            });

    assertThat(seen).as("iterations on the page while the run went on").hasSizeGreaterThan(1);
    Awaitility.await("the list of runs")
        .atMost(TIMEOUT)
        .until(() -> text("#runs tbody tr td:nth-child(3)").equals("finished"));
  }

  private static JsonNode report() throws IOException {
    Path file = folder.resolve("reports/watched/report.json");
    Awaitility.await("the report").atMost(TIMEOUT).until(() -> Files.exists(file));
    return JSON.readTree(file.toFile());
  }

  @Test
  @Order(2)
  void scenarios_numbersEqualTheReport() throws Exception {
    List<Map<String, Double>> shown = new ArrayList<>();
    String cells = "#scenarios tbody tr:nth-child(%d) td[data-key]";
    for (int row = 1; row <= Chromium.texts(page(), "#scenarios tbody tr").size(); row++) {
      List<String> keys = Chromium.attributes(page(), cells.formatted(row), "data-key");
      List<String> values = Chromium.attributes(page(), cells.formatted(row), "data-value");
      Map<String, Double> known = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        // What is not known is a dash.
        known.put(
            keys.get(i), values.get(i).isEmpty() ? Double.NaN : Double.valueOf(values.get(i)));
      }
      shown.add(known);
    }

    List<Map<String, Double>> expected = new ArrayList<>();
    for (JsonNode scenario : report().get("scenarios")) {
      Map<String, Double> values = new LinkedHashMap<>();
      for (String key :
          List.of(
              "lifetimeExtension",
              "bound",
              "efficiency",
              "overhead",
              "maxCellWrites",
              "meanCellWrites")) {
        values.put(key, scenario.get(key).asDouble());
      }
      values.put("firstFailure", scenario.at("/lifetime/0/iterations").asDouble());
      values.put("firstLoss", scenario.at("/firstLoss/iterations").asDouble(Double.NaN));
      values.put("firstLossEfficiency", scenario.at("/firstLoss/efficiency").asDouble(Double.NaN));
      values.put("lostWeights", shareOfWeights(scenario));
      expected.add(values);
    }
    assertThat(shown).hasSize(9).isEqualTo(expected);
  }

  private static double shareOfWeights(JsonNode scenario) {
    double weights = 0;
    for (JsonNode layer : scenario.get("layers")) {
      weights += layer.get("logicalRows").asDouble() * layer.get("columns").asDouble();
    }
    return scenario.get("lostWeights").asDouble() / weights;
  }

  @Test
  @Order(3)
  void scenarios_headingPressed_areSorted() {
    page().findElement(By.cssSelector("#scenarios [data-key=lifetimeExtension]")).click();

    List<Double> extensions =
        Chromium.attributes(page(), "#scenarios tbody td[data-key=lifetimeExtension]", "data-value")
            .stream()
            .map(Double::valueOf)
            .toList();
    assertThat(extensions).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    assertThat(all("#scenarios th[aria-sort=descending]")).hasSize(1);
  }

  @Test
  @Order(4)
  void charts_allCanBeSavedAsPictureAndTable() throws Exception {
    List<WebElement> charts = all("#charts article");
    List<String> names =
        charts.stream()
            .map(chart -> Objects.requireNonNull(chart.getDomAttribute("data-chart")))
            .toList();
    assertThat(names)
        .contains("largest-wear", "mean-wear", "gini", "distribution", "extension-overhead")
        .contains("lost-weights", "survival", "selections", "latency", "energy");

    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      // One after the other, as people do: browsers drop some of many downloads at once.
      if (name.equals("accuracy")) {
        assertThat(charts.get(i).getText()).contains("Nothing trains in this run");
        continue;
      }
      List<WebElement> buttons = charts.get(i).findElements(By.cssSelector("header button"));
      buttons.get(0).click();
      Path picture = saved(name + ".png");
      buttons.get(1).click();
      assertThat(Files.readAllBytes(picture))
          .startsWith(0x89, 'P', 'N', 'G')
          .hasSizeGreaterThan(2000);
      assertThat(Files.readAllLines(saved(name + ".csv"))).as(name).hasSizeGreaterThan(1);
    }
    JsonNode sgs = report().get("scenarios").get(2);
    assertThat(Files.readAllLines(saved("largest-wear.csv")))
        .startsWith("scenario,iterations,maxCellWrites")
        .contains("sgs,%d,".formatted(ITERATIONS) + sgs.get("maxCellWrites"));
  }

  private static Path saved(String name) {
    return Awaitility.await(name)
        .atMost(TIMEOUT)
        .until(
            () -> saved().filter(file -> file.toString().endsWith(name)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static Stream<Path> saved() throws IOException {
    Path place = folder.resolve("saved");
    if (!Files.isDirectory(place)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(place)) {
      return files.toList().stream();
    }
  }

  @Test
  @Order(5)
  void maps_byKeyboard_tellARowAndItsPast() throws Exception {
    WebElement map = all("#maps canvas").get(2);
    map.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT);

    JsonNode layer = report().at("/scenarios/2/layers/0");
    assertThat(text("#tip").lines())
        .contains("sgs, layer conv1", "physical row 1", "holds row 1")
        .contains(layer.at("/rowWrites/1") + " writes")
        .anyMatch(line -> line.endsWith(" writes left of the weakest cell"));
    assertThat(text("#time-text")).isEqualTo("1,500 iterations");

    page().findElement(By.id("time")).sendKeys(Keys.HOME);

    long then = asNumber(text("#time-text").replace(" iterations", ""));
    assertThat(then).isPositive().isLessThan(ITERATIONS);
    assertThat(all("#maps canvas").get(2).getDomAttribute("aria-label"))
        .contains("after %d iterations".formatted(then));
    page().findElement(By.id("time")).sendKeys(Keys.END);
  }

  @Test
  @Order(6)
  void page_ofAnotherLayer_showsIt() {
    WebElement choice = page().findElement(By.id("layer"));
    choice.sendKeys("conv2");

    Awaitility.await("the maps of conv2")
        .atMost(TIMEOUT)
        .until(
            () ->
                Objects.requireNonNull(all("#maps canvas").get(0).getDomAttribute("aria-label"))
                    .contains("layer conv2"));
  }

  @Test
  @Order(7)
  void page_ofTheWholeNetwork_showsItsCrossbars() throws Exception {
    page().findElement(By.cssSelector("#layer option[value='']")).click();
    Awaitility.await("the crossbars")
        .atMost(TIMEOUT)
        .until(
            () ->
                Objects.requireNonNull(all("#maps canvas").get(2).getDomAttribute("aria-label"))
                    .startsWith("Wear of sgs, the whole network"));
    all("#maps canvas").get(2).sendKeys(Keys.ARROW_RIGHT);

    // conv1 has one crossbar of 128 rows, and conv2 follows.
    long most = 0;
    for (int row = 0; row < 128; row++) {
      most = Math.max(most, report().at("/scenarios/2/layers/1/rowWrites/" + row).asLong());
    }
    assertThat(text("#tip").lines())
        .containsExactly(
            "sgs, layer conv2, 1 of 2 from the top", most + " writes of the most worn cell");
    page().findElement(By.cssSelector("#layer option[value='1']")).click();
  }

  @Test
  @Order(8)
  void page_onLaptopAndPhoneInDarkAndLight_isWithinReachOfAll() throws Exception {
    for (String scheme : List.of("light", "dark")) {
      page()
          .executeCdpCommand(
              "Emulation.setEmulatedMedia",
              Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
      for (Map.Entry<String, Dimension> screen :
          Map.of("laptop", new Dimension(1280, 900), "phone", new Dimension(390, 844)).entrySet()) {
        page()
            .executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                    "width",
                    screen.getValue().width,
                    "height",
                    screen.getValue().height,
                    "deviceScaleFactor",
                    1,
                    "mobile",
                    false));
        keepPicture(screen.getKey() + "-" + scheme);

        assertThat(
                page().executeScript("return document.documentElement.scrollWidth <= innerWidth"))
            .as("nothing beyond the edge of a %s", screen.getKey())
            .isEqualTo(true);
        assertThat(
                new AxeBuilder()
                    .analyze(page()).getViolations().stream()
                        .map(v -> v.getId() + ": " + v.getNodes()))
            .as(
                "what keyboards, screen readers or weak eyes stumble over, %s %s",
                screen.getKey(), scheme)
            .isEmpty();
      }
    }
  }

  @Test
  @Order(9)
  void page_whateverWasDone_askedNoOtherHost() {
    List<String> asked = new ArrayList<>();
    for (LogEntry entry : page().manage().logs().get(LogType.PERFORMANCE)) {
      Matcher request =
          Pattern.compile("\"method\":\"Network.requestWillBeSent\".*?\"url\":\"([^\"]*)\"")
              .matcher(entry.getMessage());
      if (request.find()) {
        asked.add(request.group(1));
      }
    }
    assertThat(asked)
        .isNotEmpty()
        .allMatch(url -> url.startsWith(address) || url.matches("(data|blob):.*"));
  }
}
