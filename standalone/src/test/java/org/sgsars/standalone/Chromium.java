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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
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
    // A page that is drawn anew while it is read is read again.
    Awaitility.ignoreExceptionByDefault(StaleElementReferenceException.class);
    return new ChromeDriver(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver().orElseThrow().toFile())
            .usingAnyFreePort()
            .build(),
        options);
  }

  /**
   * Texts of the elements that a selector finds, all of one moment: an element that was found
   * before the page drew its table anew has no text any more. What is hidden has an empty one.
   */
  static List<String> texts(ChromeDriver page, String selector) {
    return read(
        page,
        "map((one) => one.checkVisibility() || one.matches('option') ? one.innerText.trim() : '')",
        selector);
  }

  /**
   * An attribute of the elements to be seen that a selector finds, all of one moment; empty where
   * there is none.
   */
  static List<String> attributes(ChromeDriver page, String selector, String attribute) {
    return read(
        page,
        "filter((one) => one.checkVisibility()).map((one) => one.getAttribute(arguments[1]) ?? '')",
        selector,
        attribute);
  }

  private static List<String> read(ChromeDriver page, String what, Object... arguments) {
    Object read =
        page.executeScript(
            "return [...document.querySelectorAll(arguments[0])]." + what, arguments);
    return ((List<?>) Objects.requireNonNull(read)).stream().map(String::valueOf).toList();
  }

  /** Text of the first element that a selector finds. */
  static String text(ChromeDriver page, String selector) {
    return texts(page, selector).stream()
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("nothing on the page is " + selector));
  }

  /** Warnings and errors on the console since this was asked last. */
  static List<String> complaints(ChromeDriver page) {
    return page.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }
}
