package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.producer.PreparedBench;

/** Sweeps on the page: over one setting, over two and over three. */
final class SweepPageIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @TempDir private static Path folder = Path.of("");
  private static List<AutoCloseable> open = List.of();
  private static Optional<ChromeDriver> browser = Optional.empty();

  @BeforeAll
  static void serveARun() throws Exception {
    Chromium.assumeInstalled();
    Path file =
        Files.writeString(
            folder.resolve("x.yml"),
            """
            name: x
            source: {kind: skewed, layers: [{name: fc, rows: 60, columns: 2}], iterations: 600}
            crossbar: {size: 64}
            scenarios:
              - {name: plain, sparsifier: {kind: given}}
              - {name: lead, sparsifier: {kind: given}, leveller: {kind: threshold-swap, lead: [1, 4, 16]}}
              - {name: ars, sparsifier: {kind: given}, leveller: {kind: ars, interval: [4, 40], pairs: [1, 8]}}
              - {name: three, sparsifier: {kind: given}, crossbar: {size: [64, 128]}, leveller: {kind: out-of-place, gap: [2, 8], relativeGap: [0, 1]}}
              - {name: late, sparsifier: {kind: given}, leveller: {kind: ars, interval: [601, 602, 603]}}
              - {name: retire, sparsifier: {kind: given}, device: {kind: lognormal, median: 1000}, leveller: {kind: retire, columnBlocks: 1}}
            """);
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, Runs.POLICIES), Runs.POLICIES, Instant.EPOCH);
    Path reports = folder.resolve("reports");
    ReportFolder.write(
        new BenchRun(bench, Runs.POLICIES).execute(done -> {}), reports.resolve("x"));
    PageServer server = new PageServer(new PageFolder(reports), reports, 0);
    open = List.of(server);
    browser = Optional.of(Chromium.start(folder.resolve("saved")));
    open = List.of(browser.get()::quit, server);
    page().get(server.address());
    Awaitility.await("the run").atMost(TIMEOUT).until(() -> !rows().isEmpty());
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

  @AfterEach
  void noErrorOnTheConsole() {
    assertThat(Chromium.complaints(page())).isEmpty();
  }

  private static List<String> rows() {
    return Chromium.texts(page(), "#scenarios tbody tr th").stream()
        .map(row -> row.lines().findFirst().orElse(""))
        .toList();
  }

  private static List<String> headings() {
    return Chromium.texts(page(), "#scenarios thead th");
  }

  private static void choose(String scenarios) {
    page().findElements(By.cssSelector("#sweep option")).stream()
        .filter(option -> option.getText().equals(scenarios))
        .findFirst()
        .orElseThrow()
        .click();
  }

  /** What the chart of extension draws, once it is to be seen: how many of what. */
  private static String drawn() {
    WebElement card = page().findElement(By.cssSelector("[data-chart=swept-extension]"));
    ((JavascriptExecutor) page()).executeScript("arguments[0].scrollIntoView()", card);
    Awaitility.await("the chart")
        .atMost(TIMEOUT)
        .until(() -> !card.findElements(By.tagName("canvas")).isEmpty());
    return String.valueOf(
        ((JavascriptExecutor) page())
            .executeScript(
                """
                const option = echarts.getInstanceByDom(arguments[0].querySelector(".chart")).getOption();
                return option.series.map((s) => `${s.type} of ${s.data.length}`).join(", ") + " by " + option.xAxis[0].type;
                """,
                card));
  }

  @Test
  void sweeps_notChosen_areShownByTheirBest() {
    choose("of each sweep the best");

    assertThat(rows()).hasSize(6).startsWith("plain");
    assertThat(rows().get(1)).startsWith("lead-lead-");
    assertThat(headings()).doesNotContain("lead", "interval");
  }

  @Test
  void sweep_chosen_isATableWithItsSettings() {
    choose("ars");

    assertThat(rows())
        .containsExactly(
            "ars-interval-4-pairs-1",
            "ars-interval-4-pairs-8",
            "ars-interval-40-pairs-1",
            "ars-interval-40-pairs-8");
    assertThat(headings()).startsWith("Scenario", "interval", "pairs", "First loss", "Extension");
  }

  @Test
  void all_chosen_areAll() {
    choose("all");

    assertThat(rows()).hasSize(1 + 3 + 4 + 8 + 3 + 1);
  }

  @Test
  void chart_oneTwoAndThreeSettings_areALineAMapAndMaps() {
    choose("lead");
    Awaitility.await().atMost(TIMEOUT).until(() -> drawn().equals("line of 3 by log"));
    choose("ars");
    Awaitility.await().atMost(TIMEOUT).until(() -> drawn().equals("heatmap of 4 by category"));
    choose("three");
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(() -> drawn().equals("heatmap of 4, heatmap of 4 by category"));
  }

  @Test
  void notices_ofASweep_areOneLineThatTheKeyboardUnfolds() {
    WebElement fold = page().findElement(By.cssSelector("#notices details summary"));
    assertThat(fold.getText()).startsWith("Sweep late: 3 notices on its scenarios. The first: ");

    fold.sendKeys(Keys.ENTER);

    assertThat(page().findElements(By.cssSelector("#notices details[open] ul li"))).hasSize(3);
    fold.sendKeys(Keys.ENTER);
  }

  @Test
  void checkBoxes_ofASweep_areOneGroupThatTheKeyboardUnfolds() {
    WebElement group =
        page().findElements(By.cssSelector("#which > details")).stream()
            .filter(one -> one.getText().startsWith("ars: "))
            .findFirst()
            .orElseThrow();
    WebElement fold = group.findElement(By.tagName("summary"));
    String before = fold.getText();
    fold.sendKeys(Keys.ENTER);
    WebElement box =
        group.findElements(By.cssSelector("input:not(:checked)")).stream()
            .findFirst()
            .orElseThrow();

    box.sendKeys(Keys.SPACE);

    assertThat(group.findElements(By.tagName("input"))).hasSize(4);
    assertThat(before).isEqualTo("ars: 1 of 4");
    assertThat(fold.getText()).isEqualTo("ars: 2 of 4");
    box.sendKeys(Keys.SPACE);
    fold.sendKeys(Keys.ENTER);
  }

  @Test
  void retirement_ofTheScenariosShown_isATable() throws Exception {
    choose("all");

    assertThat(Chromium.texts(page(), "#retirement tbody tr th")).containsExactly("retire");
    assertThat(Chromium.text(page(), "#retirement tbody tr")).contains(" of 4");
    Files.createDirectories(Path.of("target/page"));
    ((JavascriptExecutor) page())
        .executeScript("document.getElementById('retiring').scrollIntoView()");
    Files.write(Path.of("target/page/retirement.png"), page().getScreenshotAs(OutputType.BYTES));
    ((JavascriptExecutor) page())
        .executeScript("document.getElementById('which').scrollIntoView()");
    Files.write(Path.of("target/page/folds.png"), page().getScreenshotAs(OutputType.BYTES));
  }
}
