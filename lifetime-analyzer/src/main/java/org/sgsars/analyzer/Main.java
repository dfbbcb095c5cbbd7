package org.sgsars.analyzer;

import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.service.ServiceLauncher;

/** Starts the service. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ServiceLauncher.launch(
        Main.class,
        AnalyzerLoop.SERVICE,
        "turns wear into lifetime and writes the report of every run",
        args);
  }
}
