package org.sgsars.crossbar;

import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.service.ServiceLauncher;

/** Starts the service. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ServiceLauncher.launch(
        Main.class,
        CrossbarStage.SERVICE,
        "applies the writes to cells and counts their wear",
        args);
  }
}
