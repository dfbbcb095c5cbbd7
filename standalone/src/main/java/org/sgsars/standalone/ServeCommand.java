package org.sgsars.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.failure.ServiceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows reports that are on disk. */
@Command(
    name = "serve",
    description = "Shows the runs whose reports are in a folder, as a page in the browser.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class)
final class ServeCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      defaultValue = "out",
      description = "Has a folder for each report (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("");

  @Option(
      names = "--port",
      defaultValue = "8090",
      description = "Port on 127.0.0.1; 0 for one that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Override
  public Integer call() throws InterruptedException {
    if (!NumberOption.isWithin("--port", port, 0, NumberOption.LAST_PORT)) {
      return RunSession.WRONG_INPUT;
    }
    if (!Files.isDirectory(folder)) {
      throw new ServiceException(
          "There is no folder %s; give the one that holds the reports' folders".formatted(folder));
    }
    PageFolder pages = new PageFolder(folder);
    try (PageServer server = new PageServer(pages, folder, port)) {
      System.out.printf("%d runs at %s (Ctrl-C ends it)%n", pages.runs().size(), server.address());
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
