package org.sgsars.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;
import org.sgsars.policy.Policies;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sgs-ars up}. */
@Command(
    name = "up",
    description = {
      "Runs a Kafka broker and all services but the gradient-producer in this process until Ctrl-C, for runs that other programs send.",
      "Once the services read, standard output gets its only line: \"ready: HOST:PORT, page URL\"."
    },
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    footer = {
      "",
      "Exit codes: 0 standard input was closed (--until-stdin-closes), 1 something failed or cannot start, 2 wrong input, 130 stopped by Ctrl-C, 143 by SIGTERM."
    })
final class UpCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "Port of the broker on 127.0.0.1; 0 for one that is free (default: ${DEFAULT-VALUE}).",
      defaultValue = "9092")
  private int port;

  @Option(
      names = "--page",
      paramLabel = "N",
      description =
          "Port of the page on 127.0.0.1; 0 for one that is free (default: ${DEFAULT-VALUE}).",
      defaultValue = "8080")
  private int page;

  @Option(
      names = "--without",
      paramLabel = "SERVICE",
      split = ",",
      description =
          "Leave out services, whose places programs of your own take: sgs-service, ars-controller, crossbar-sim, lifetime-analyzer.")
  private List<String> without = List.of();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description =
          "Keep topics and states there, and continue from what it holds (default: a temporary folder, removed at the end).")
  private @Nullable Path folder;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Gets a folder for the report of each run (default: ${DEFAULT-VALUE}).",
      defaultValue = "out")
  private Path out = Path.of("");

  @Option(
      names = "--until-stdin-closes",
      description =
          "End also when standard input is closed: as the child of a program, when that ends in whichever way.")
  private boolean untilStdinCloses;

  @Override
  public Integer call() {
    if (!NumberOption.isWithin("--port", port, 0, NumberOption.LAST_PORT)
        || !NumberOption.isWithin("--page", page, 0, NumberOption.LAST_PORT)) {
      return RunSession.WRONG_INPUT;
    }
    for (String service : without) {
      if (!Up.SERVICES.contains(service)) {
        System.err.printf(
            "--without: '%s' is not allowed; allowed: %s%n",
            service, String.join(", ", Up.SERVICES));
        return RunSession.WRONG_INPUT;
      }
    }
    if (port != 0 && port == page) {
      System.err.printf("--port and --page are both %s; choose two ports%n", port);
      return RunSession.WRONG_INPUT;
    }
    try {
      ReportFolder.prepare(out);
    } catch (UncheckedIOException e) {
      System.err.println(e.getMessage());
      return RunSession.WRONG_INPUT;
    }
    // The broker takes seconds to start.
    LocalPorts.requireFree(port, "--port");
    LocalPorts.requireFree(page, "--page");
    return run(
        new Up(
            Policies.onClassPath(),
            Up.SERVICES.stream().filter(service -> !without.contains(service)).toList(),
            port,
            Optional.ofNullable(folder),
            page,
            out,
            this::write));
  }

  private int run(Up up) {
    StopHook hook = new StopHook("sgs-ars up", up::stop);
    try {
      if (untilStdinCloses) {
        stopAtTheEndOfInput(up);
      }
      up.run(
          at -> {
            System.out.printf("ready: %s, page %s%n", at.servers(), at.page());
            System.out.flush();
          });
      return 0;
    } catch (ServiceException e) {
      // Here, as the process may be gone once the hook is closed.
      System.err.println(FailureReason.of(e));
      return FAILED;
    } finally {
      hook.close();
    }
  }

  private static void stopAtTheEndOfInput(Up up) {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("Standard input cannot be read: " + FileProblem.reason(e));
              } finally {
                up.stop();
              }
            },
            "standard-input");
    watch.setDaemon(true);
    watch.start();
  }

  private void write(LifetimeReport report) {
    Path to = out.resolve(report.plan().run());
    RunSession.writeReport(report, to);
    System.err.printf(
        "run %s is %s, report: %s%n",
        report.plan().run(),
        report.complete() ? "complete" : "not complete",
        to.resolve("report.html"));
  }
}
