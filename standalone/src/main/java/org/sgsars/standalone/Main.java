package org.sgsars.standalone;

import org.sgsars.contract.policy.PolicyLoadException;
import org.sgsars.service.ServiceException;
import org.sgsars.service.ServiceLauncher;
import picocli.CommandLine;

/** The command {@code sgs-ars}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Several service jars lie on the class path; this process has a logging configuration of its
    // own.
    System.setProperty("logback.configurationFile", "logback-sgs-ars.xml");
    System.setProperty("java.awt.headless", "true");
    int code;
    try {
      code =
          new CommandLine(new SgsArsCommand())
              .setExecutionExceptionHandler(Main::sayWhy)
              .execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println(ServiceLauncher.reason(e));
      code = 1;
    }
    System.out.flush();
    System.exit(code);
  }

  /** What a user can do something about is said in a line; anything else is a fault of ours. */
  private static int sayWhy(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    if (failure instanceof PolicyLoadException || failure instanceof ServiceException) {
      System.err.println(failure.getMessage());
    } else {
      System.err.println("This is a fault in sgs-ars; please report it with these lines:");
      failure.printStackTrace();
    }
    return 1;
  }
}
