package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;

/**
 * Two runs on one page, of which the second has other layers and more scenarios. Events are held
 * back here and there, so that what a slow answer would show is to be seen.
 */
final class PageSwitchIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  /** Keeps events of a type until they are released, and what takes them for whoever comes late. */
  private static final String HOLD =
      """
      window.held = [];
      const Real = window.Real ?? EventSource;
      window.Real = Real;
      window.EventSource = class extends Real {
        addEventListener(type, take) {
          super.addEventListener(type, (event) => {
            if (type === window.heldType) window.held.push(() => take(event));
            else take(event);
          });
        }
      };
      """;

  @TempDir private static Path folder = Path.of("");
  private static List<AutoCloseable> open = List.of();
  private static Optional<ChromeDriver> browser = Optional.empty();
  private static String address = "";

  @BeforeAll
  static void serveTwoRuns() throws Exception {
    Chromium.assumeInstalled();
    Path reports = folder.resolve("reports");
    bench(
        "first",
        reports,
        "{name: fc, rows: 4, columns: 2}, {name: out, rows: 4, columns: 2}",
        """
          - {name: plain, sparsifier: {kind: given}}
          - {name: level, sparsifier: {kind: given}, leveller: {kind: ars, interval: 5}}
        """);
    bench(
        "second",
        reports,
        "{name: other, rows: 4, columns: 2}",
        """
          - {name: one, sparsifier: {kind: given}}
          - {name: two, sparsifier: {kind: given}, leveller: {kind: lru-swap}}
          - {name: three, sparsifier: {kind: given}, leveller: {kind: ars, interval: 1024}}
        """);
    PageServer server = new PageServer(new PageFolder(reports), reports, 0);
    open = List.of(server);
    address = server.address();
    browser = Optional.of(Chromium.start(folder.resolve("saved")));
    open = List.of(browser.get()::quit, server);
  }

  private static void bench(String name, Path reports, String layers, String scenarios)
      throws Exception {
    Path table = folder.resolve("rows.csv");
    Files.writeString(table, "iteration,fc,out,other\n0,1,2,3\n1,0,2,3\n2,1,2,0\n");
    Path file =
        Files.writeString(
            folder.resolve(name + ".yml"),
            """
            name: %s
            source: {kind: selections, path: %s, iterations: 60, layers: [%s]}
            crossbar: {size: 4}
            scenarios:
            %s"""
                .formatted(name, table, layers, scenarios));
    Policies policies = Policies.onClassPath();
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, policies), policies, Instant.EPOCH);
    ReportFolder.write(new BenchRun(bench, policies).execute(done -> {}), reports.resolve(name));
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

  @BeforeEach
  void lookAtTheFirstRun() {
    page().get("about:blank");
    page().get(address + "#first");
    Awaitility.await("the first run's maps")
        .atMost(TIMEOUT)
        .until(() -> shows("#run-title", "first") && mapsOf("layer fc"));
  }

  @AfterEach
  void noErrorOnTheConsole() {
    assertThat(Chromium.complaints(page())).isEmpty();
  }

  private static String text(String selector) {
    return Chromium.text(page(), selector);
  }

  private static boolean shows(String selector, String expected) {
    return text(selector).contains(expected);
  }

  private static boolean mapsOf(String what) {
    // Drawn when they are looked at.
    page().executeScript("document.getElementById('maps').scrollIntoView()");
    List<WebElement> maps = page().findElements(By.cssSelector("#maps canvas"));
    return !maps.isEmpty()
        && maps.stream()
            .allMatch(map -> Objects.requireNonNull(map.getAccessibleName()).contains(what));
  }

  private static void hold(String type) {
    page().executeScript("window.heldType = '%s';".formatted(type) + HOLD);
  }

  private static void releaseHeld() {
    page().executeScript("for (const go of window.held.splice(0)) go();");
  }

  private static void awaitHeld() {
    Awaitility.await("an event that is held")
        .atMost(TIMEOUT)
        .until(() -> Boolean.TRUE.equals(page().executeScript("return window.held.length > 0")));
  }

  private static void choose(String run) {
    page().executeScript("document.querySelector('[data-run=%s]').click()".formatted(run));
  }

  private static void select(String id, String value) {
    page().findElement(By.cssSelector("#%s option[value='%s']".formatted(id, value))).click();
  }

  private static String selected(String id) {
    return text("#" + id + " option:checked");
  }

  private static String chart(String name) {
    WebElement chart = page().findElement(By.cssSelector("[data-chart=" + name + "]"));
    page().executeScript("arguments[0].scrollIntoView({block: 'center'})", chart);
    return chart.getText();
  }

  @Test
  void choose_layerOfTheNextRunIsLate_noneOfTheRunBeforeIsShown() {
    hold("layer");

    choose("second");
    Awaitility.await("the second run").atMost(TIMEOUT).until(() -> shows("#run-title", "second"));
    awaitHeld();

    Awaitility.await("the chart").atMost(TIMEOUT).until(() -> !chart("distribution").isBlank());
    assertThat(chart("distribution")).contains("Choose a layer.");
    assertThat(page().findElements(By.cssSelector("#maps canvas"))).isEmpty();
    releaseHeld();
    Awaitility.await("its layer").atMost(TIMEOUT).until(() -> mapsOf("layer other"));
    assertThat(chart("distribution")).doesNotContain("Choose a layer.");
  }

  @Test
  void choose_summaryOfTheNextRunIsLate_nothingOfTheRunBeforeCanBePressed() {
    hold("summary");

    choose("second");
    awaitHeld();

    assertThat(page().findElement(By.id("run")).isDisplayed()).isFalse();
    assertThat(text("#said")).isEqualTo("Run second: its numbers are on their way.");
    assertThat(page().findElements(By.cssSelector("#scenarios tr, #layer option"))).isEmpty();
    releaseHeld();
    Awaitility.await("the second run").atMost(TIMEOUT).until(() -> shows("#run-title", "second"));
  }

  @Test
  void choose_newsOfTheRunBeforeIsLate_isNotTaken() {
    hold("summary");
    choose("second");
    awaitHeld();
    page().executeScript("window.late = window.held.splice(0); window.heldType = ''");

    choose("first");
    Awaitility.await("the first run").atMost(TIMEOUT).until(() -> mapsOf("layer fc"));
    page().executeScript("for (const go of window.late) go()");

    assertThat(text("#run-title")).isEqualTo("first");
    assertThat(page().findElements(By.cssSelector("#scenarios tbody tr"))).hasSize(2);
  }

  @Test
  void choose_pastLayerAndBaselineWereChosen_theNextRunBeginsAnew() {
    select("layer", "1");
    Awaitility.await("its maps").atMost(TIMEOUT).until(() -> mapsOf("layer out"));
    select("baseline", "s0");
    page().findElement(By.cssSelector("#which label:nth-child(2) input")).click();
    page().findElement(By.id("time")).sendKeys(Keys.HOME);
    assertThat(text("#time-text")).isNotEqualTo("60 iterations");

    choose("second");

    Awaitility.await("the second run").atMost(TIMEOUT).until(() -> mapsOf("layer other"));
    assertThat(page().findElements(By.cssSelector("#maps canvas"))).hasSize(3);
    assertThat(text("#time-text")).isEqualTo("60 iterations");
    assertThat(selected("baseline")).isEqualTo("nothing");
    assertThat(selected("layer")).isEqualTo("other");
    assertThat(text("#scenarios caption")).isEqualTo("Press a heading to sort.");
  }

  @Test
  void choose_runWithOtherNotices_showsItsOwn() {
    assertThat(text("#notices"))
        .startsWith("rows.csv: layers left out: other\nthe source's 3 iterations of selections")
        .doesNotContain("never acts");

    choose("second");

    Awaitility.await("the second run").atMost(TIMEOUT).until(() -> shows("#run-title", "second"));
    assertThat(text("#notices").lines())
        .hasSize(3)
        .last()
        .asString()
        .isEqualTo(
            "scenario three: leveller {kind: ars, interval: 1024} never acts: it needs a run of at least 1024 iterations, and this one has 60");
  }
}
