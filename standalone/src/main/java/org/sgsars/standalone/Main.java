package org.sgsars.standalone;

import java.io.UncheckedIOException;
import org.apache.kafka.common.KafkaException;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.policy.PolicyLoadException;
import org.sgsars.service.ProcessDefaults;
import picocli.CommandLine;

/** The command {@code sgs-ars}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ProcessDefaults.set();
    // Several service jars lie on the class path; this process has a logging configuration of its
    // own.
    System.setProperty("logback.configurationFile", "logback-sgs-ars.xml");
    System.setProperty("java.awt.headless", "true");
    if (Boolean.getBoolean(Preflight.ASKED)) {
      System.exit(Preflight.lacksEngine(args) ? Preflight.LACKS_ENGINE : 0);
    }
    PluginJars.problems(PluginJars.of(System.getProperty("sgsars.plugins", "")))
        .forEach(problem -> System.err.println("note: " + problem));
    int code = execute(new CommandLine(new SgsArsCommand()), args);
    System.out.flush();
    System.exit(code);
  }

  /**
   * Executes a command.
   *
   * @return its exit code, also after what is no exception
   */
  static int execute(CommandLine commands, String... args) {
    try {
      return commands
          .setExecutionExceptionHandler((failure, command, parsed) -> reportFailure(failure))
          .execute(args);
    } catch (Error e) {
      return reportFailure(e);
    }
  }

  /** What a user can do something about is said in a line; anything else is a fault of ours. */
  private static int reportFailure(Throwable failure) {
    boolean isForUsers =
        failure instanceof PolicyLoadException
            || failure instanceof ServiceException
            || failure instanceof UncheckedIOException
            || failure instanceof KafkaException
            || FailureReason.isOfTheMachine(failure);
    if (failure instanceof PolicyLoadException) {
      System.err.println(failure.getMessage());
    } else if (isForUsers) {
      System.err.println(FailureReason.of(failure));
    } else {
      System.err.println("This is a fault in sgs-ars; please report it with these lines:");
      failure.printStackTrace();
    }
    return 1;
  }
}
