package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.producer.PreparedBench;

/** Several runs side by side, one view in an address, and lines found by their names. */
final class RunsPageIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path folder = Path.of("");
  private static List<AutoCloseable> open = List.of();
  private static Optional<ChromeDriver> browser = Optional.empty();
  private static String address = "";

  @BeforeAll
  static void serveTwoRuns() throws Exception {
    Chromium.assumeInstalled();
    Path reports = folder.resolve("reports");
    bench(reports.resolve("short"), 300, 64, "{name: '0', rows: 60, columns: 2}");
    bench(
        reports.resolve("long"),
        600,
        1,
        "{name: '0', rows: 60, columns: 2}, {name: more, rows: 10, columns: 1}");
    PageServer server = new PageServer(new PageFolder(reports), reports, 0);
    open = List.of(server);
    address = server.address();
    browser = Optional.of(Chromium.start(folder.resolve("saved")));
    open = List.of(browser.get()::quit, server);
  }

  /** Twelve scenarios: nothing, a sweep of ten, and levelling that costs much. */
  private static void bench(Path report, int iterations, int interval, String layers)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("x.yml"),
            """
            name: x
            source: {kind: skewed, layers: [%s], iterations: %d}
            crossbar: {size: 64}
            device: {kind: lognormal, median: 1000, spread: 1.3}
            scenarios:
              - {name: plain, sparsifier: {kind: given}}
              - {name: lead, sparsifier: {kind: given}, leveller: {kind: threshold-swap, lead: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}
              - {name: ars, sparsifier: {kind: given}, leveller: {kind: ars, interval: %d, pairs: 8}}
            """
                .formatted(layers, iterations, interval));
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, Runs.POLICIES), Runs.POLICIES, Instant.EPOCH);
    ReportFolder.write(new BenchRun(bench, Runs.POLICIES).execute(done -> {}), report);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable closed : open) {
      closed.close();
    }
  }

  @BeforeEach
  void beginAnew() {
    page().get("about:blank");
    visit("#run=short");
  }

  @AfterEach
  void noErrorOnTheConsole() {
    assertThat(Chromium.complaints(page())).isEmpty();
  }

  private static ChromeDriver page() {
    return browser.orElseThrow();
  }

  private static WebElement find(String selector) {
    return page().findElement(By.cssSelector(selector));
  }

  private static String text(String selector) {
    return Chromium.text(page(), selector);
  }

  private static List<String> texts(String selector) {
    return Chromium.texts(page(), selector);
  }

  private static void visit(String view) {
    page().get(address + view);
    awaitMaps();
  }

  private static void awaitMaps() {
    Awaitility.await("the maps")
        .atMost(PATIENCE)
        .until(() -> text("#said").contains("is finished"));
    scrollTo("#maps");
    Awaitility.await("a map")
        .atMost(PATIENCE)
        .until(() -> !page().findElements(By.cssSelector("#maps canvas")).isEmpty());
  }

  private static void scrollTo(String selector) {
    page().executeScript("arguments[0].scrollIntoView({block: 'center'})", find(selector));
  }

  private static void tick(String run) {
    find("[data-beside=%s]".formatted(run)).sendKeys(Keys.SPACE);
    awaitMaps();
  }

  private static String view() {
    return String.valueOf(page().executeScript("return location.hash"));
  }

  /** A column of the table, from the top. */
  private static List<Double> values(String key) {
    return Chromium.attributes(
            page(), "#scenarios tbody [data-key=%s]".formatted(key), "data-value")
        .stream()
        .map(Double::valueOf)
        .toList();
  }

  /** Series of a chart, once it is drawn, as the names of those that are not faded. */
  private static List<String> shownIn(String chart) {
    scrollTo("[data-chart=%s]".formatted(chart));
    Awaitility.await("the chart")
        .atMost(PATIENCE)
        .until(
            () ->
                !page()
                    .findElements(By.cssSelector("[data-chart=%s] canvas".formatted(chart)))
                    .isEmpty());
    String names =
        String.valueOf(
            page()
                .executeScript(
                    "return echarts.getInstanceByDom(document.querySelector(`[data-chart=${arguments[0]}] .chart`)).getOption().series.filter((s) => (s.itemStyle?.opacity ?? 1) === 1).map((s) => s.name).join('|')",
                    chart));
    return List.of(names.split("\\|"));
  }

  private static String axis(String chart, String which) {
    shownIn(chart);
    return String.valueOf(
        page()
            .executeScript(
                "return echarts.getInstanceByDom(document.querySelector(`[data-chart=${arguments[0]}] .chart`)).getOption()[arguments[1]][0].type",
                chart,
                which));
  }

  @Test
  void runs_twoTicked_areOneTableWithDifferencesToTheFirst() {
    tick("long");
    find("#sweep option[value='*']").click();

    assertThat(text("#run-title")).isEqualTo("short and long");
    assertThat(texts("#scenarios tbody th"))
        .hasSize(24)
        .satisfies(
            names -> {
              assertThat(names.get(0)).startsWith("plain\nshort");
              assertThat(names.get(1)).startsWith("plain\nlong");
            });
    // Both draw the same rows, so twice the iterations have about twice the writes.
    double less = values("maxCellWrites").get(0);
    double wear = values("maxCellWrites").get(1);
    assertThat(texts("#scenarios tbody [data-key=maxCellWrites]").get(1))
        .isEqualTo(
            "%.0f\n+%.0f\n× %s"
                .formatted(
                    wear,
                    wear - less,
                    String.format(java.util.Locale.ROOT, "%.3g", wear / less)
                        .replaceAll("\\.?0+$", "")));
    assertThat(texts("#scenarios tbody tr:first-child td small")).isEmpty();
  }

  @Test
  void runs_twoTicked_haveChartsAndMapsOnCommonScales() throws Exception {
    tick("long");

    assertThat(shownIn("largest-wear").subList(0, 2))
        .isEqualTo(List.of("short: plain", "long: plain"));
    assertThat(texts("#maps figcaption").get(0)).contains("short: plain");
    assertThat(texts("#maps figcaption").get(1)).contains("long: plain", "after 600 iterations");
    int most = 0;
    for (String run : List.of("short", "long")) {
      for (int i = 0; i < 12; i++) {
        for (JsonNode writes : layerOf(run, i).get("rowWrites")) {
          most = Math.max(most, writes.asInt());
        }
      }
    }
    assertThat(text("#most")).isEqualTo(String.valueOf(most));

    find("#time").sendKeys(Keys.HOME);
    assertThat(text("#time-text")).matches("\\d+ iterations");

    find("#layer option[value='1']").click();
    Awaitility.await("the other layer")
        .atMost(PATIENCE)
        .until(() -> texts("#maps figcaption").get(0).contains("this run has no such layer"));
  }

  @Test
  void run_unticked_leavesTheOther() {
    tick("long");
    tick("short");

    assertThat(text("#run-title")).isEqualTo("long");
    assertThat(find("[data-beside=long]").isEnabled()).isFalse();
    assertThat(view()).isEqualTo("#run=long");
  }

  @Test
  void address_copied_showsTheSame() {
    tick("long");
    find("#layer option[value='1']").click();
    find("#sweep option[value='long: lead']").click();
    find("#baseline option[value=s1]").click();
    find("#group option[value=leveller]").click();
    find("#scenarios [data-key=overhead]").click();
    page().findElements(By.cssSelector("#which > label input")).get(0).click();
    find("#time").sendKeys(Keys.HOME);
    String view = view();
    List<String> shown = texts("#scenarios tbody tr, #maps figcaption, #time-text, #run-title");

    page().get("about:blank");
    visit(view);

    assertThat(view)
        .startsWith("#run=short&run=long&layer=more&scenarios=long%3A+lead&baseline=long%3A+plain")
        .contains("&after=", "&by=leveller", "&sort=overhead", "&map=");
    Awaitility.await("the same")
        .atMost(PATIENCE)
        .until(
            () ->
                texts("#scenarios tbody tr, #maps figcaption, #time-text, #run-title")
                    .equals(shown));
    assertThat(view()).isEqualTo(view);
    assertThat(find("#group").getDomProperty("value")).isEqualTo("leveller");
  }

  @Test
  void address_ofARunAlone_asOfBefore_showsIt() {
    page().get("about:blank");
    visit("#long");

    assertThat(text("#run-title")).isEqualTo("long");
  }

  @Test
  void line_itsNamePointedAt_isFoundInEveryChart() {
    find("#sweep option[value='*']").click();
    assertThat(shownIn("mean-wear")).hasSize(12);
    shownIn("largest-wear");
    WebElement name =
        page().findElements(By.cssSelector("[data-chart=largest-wear] .names button")).stream()
            .filter(button -> button.getText().equals("lead-lead-3"))
            .findFirst()
            .orElseThrow();

    new Actions(page()).moveToElement(name).perform();

    assertThat(shownIn("largest-wear")).isEqualTo(List.of("lead-lead-3"));
    name.click();
    new Actions(page()).moveToElement(find("#charts-title")).perform();
    assertThat(shownIn("mean-wear")).isEqualTo(List.of("lead-lead-3"));
    assertThat(view()).contains("&mark=lead-lead-3");
  }

  /**
   * A sweep's scenarios are one group, found by its heading; the others' names stand for
   * themselves.
   */
  @Test
  void group_pressed_isShownBeforeTheOthers() {
    find("#sweep option[value='*']").click();
    shownIn("largest-wear");
    WebElement group = find("[data-chart=largest-wear] .names .group");
    assertThat(group.getText()).isEqualTo("threshold-swap (10):");

    group.click();

    assertThat(shownIn("largest-wear")).hasSize(10).doesNotContain("plain", "ars");
  }

  @Test
  void axes_ofNumbersOverDecades_areLogarithmic() {
    find("#sweep option[value='*']").click();

    assertThat(axis("largest-wear", "yAxis")).isEqualTo("log");
    assertThat(axis("gini", "yAxis")).isEqualTo("value");
    assertThat(axis("latency", "xAxis")).isEqualTo("value");

    // There ars exchanges eight pairs of rows in every iteration: some 17 row writes for one.
    tick("long");
    assertThat(axis("latency", "xAxis")).isEqualTo("log");
    assertThat(axis("energy", "xAxis")).isEqualTo("log");
  }

  private static JsonNode layerOf(String run, int scenario) throws Exception {
    return new ObjectMapper()
        .readTree(folder.resolve("reports/%s/page/layer-0.json".formatted(run)).toFile())
        .at("/scenarios/" + scenario);
  }

  private static int indexOf(JsonNode array, int value) {
    return IntStream.range(0, array.size())
        .filter(i -> array.get(i).asInt() == value)
        .findFirst()
        .orElseThrow();
  }

  /** Levelling moved the first rows of `ars`, the last of twelve scenarios and the third map. */
  @Test
  void map_rowThatWasMoved_tellsWhereItCameFromAndWhereTheOtherWent() throws Exception {
    JsonNode ars = layerOf("short", 11);
    int square =
        IntStream.range(1, 8)
            .filter(i -> ars.at("/holds/" + i).asInt() >= 0)
            .filter(i -> ars.at("/holds/" + i).asInt() != i)
            .findFirst()
            .orElseThrow();
    int held = ars.at("/holds/" + square).asInt();
    int moves = ars.at("/moves/" + held).asInt();

    WebElement map = page().findElements(By.cssSelector("#maps canvas")).get(2);
    map.sendKeys(Keys.ARROW_RIGHT.toString().repeat(square));

    assertThat(text("#tip").lines())
        .contains("ars, layer 0", "physical row " + square, "holds row " + held)
        .contains("it came from physical row %d, moved %d times or more".formatted(held, moves))
        .contains(
            "row %d, which began here, lies in physical row %d"
                .formatted(square, indexOf(ars.get("holds"), square)));
    assertThat(page().findElements(By.cssSelector("#maps .mark"))).hasSize(2);

    find("#colour option[value=moves]").click();
    int most = 0;
    for (int i = 0; i < 12; i++) {
      for (JsonNode of : layerOf("short", i).get("moves")) {
        most = Math.max(most, of.asInt());
      }
    }
    assertThat(text("#most")).isEqualTo(String.valueOf(most));
    assertThat(view()).contains("&colour=moves");
  }

  /** Cells are so unlike that the weakest fails at once: the map is past its first loss. */
  @Test
  void map_pastItsFirstLoss_isFramedAndKnowsWhere() throws Exception {
    assertThat(layerOf("short", 0).get("firstLost")).isNotEmpty();

    assertThat(find("#maps figure").getDomAttribute("class")).isEqualTo("lost");
  }

  @Test
  void settings_areToldByWhatDiffers() {
    assertThat(text("#alike"))
        .isEqualTo(
            "All scenarios: sparsifier given, crossbar size 64, device lognormal, median 1000, spread 1.3."
                + " Settings at their defaults are left out.");
    assertThat(texts("#scenarios tbody th small"))
        .contains("leveller none")
        .anyMatch(text -> text.startsWith("leveller threshold-swap, lead "));
  }

  @Test
  void table_onAPhone_hasFirstLossAndExtensionOnTheScreen() {
    page()
        .executeCdpCommand(
            "Emulation.setDeviceMetricsOverride",
            Map.of("width", 390, "height", 844, "deviceScaleFactor", 1, "mobile", false));
    try {
      find("#sweep option[value=lead]").click();
      for (String key : List.of("firstLoss", "lifetimeExtension")) {
        WebElement cell = find("#scenarios td[data-key=%s]".formatted(key));
        assertThat(cell.getLocation().x + cell.getSize().width).as(key).isLessThanOrEqualTo(390);
      }
    } finally {
      page().executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }
}
