package org.sgsars.standalone;

import picocli.CommandLine;

/** The command {@code sgs-ars}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Several service jars lie on the class path; this process has a logging configuration of its
    // own.
    System.setProperty("logback.configurationFile", "logback-sgs-ars.xml");
    System.setProperty("java.awt.headless", "true");
    int code = new CommandLine(new SgsArsCommand()).execute(args);
    System.out.flush();
    System.exit(code);
  }
}
