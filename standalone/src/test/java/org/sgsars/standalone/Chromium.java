package org.sgsars.standalone;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The browser of tests that look at the page. */
final class Chromium {
  private Chromium() {}

  static boolean isInstalled() {
    return browser().isPresent() && driver().isPresent();
  }

  /** Skips a test where there is no browser. */
  static void assumeInstalled() {
    Assumptions.assumeTrue(
        isInstalled(),
        "no Chromium with its driver (Debian: chromium and chromium-driver): the page is not looked at");
  }

  private static Optional<Path> browser() {
    return program("chromium", "chromium-browser", "google-chrome");
  }

  private static Optional<Path> driver() {
    return program("chromedriver");
  }

  private static Optional<Path> program(String... names) {
    return Stream.of(names)
        .flatMap(
            name ->
                Stream.of(
                        Objects.requireNonNullElse(System.getenv("PATH"), "")
                            .split(File.pathSeparator, -1))
                    .map(folder -> Path.of(folder).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * @param downloads gets what the page saves
   */
  static ChromeDriver start(Path downloads) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser().orElseThrow().toFile());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic");
    options.addArguments("--disable-background-networking", "--window-size=1280,900");
    options.setCapability("goog:loggingPrefs", logs);
    options.setExperimentalOption(
        "prefs", Map.of("download.default_directory", downloads.toString()));
    return new ChromeDriver(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver().orElseThrow().toFile())
            .usingAnyFreePort()
            .build(),
        options);
  }

  /** Warnings and errors on the console since this was asked last. */
  static List<String> complaints(ChromeDriver page) {
    return page.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }
}
