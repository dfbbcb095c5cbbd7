package org.sgsars.sgs;

import org.sgsars.service.ServiceLauncher;
import org.sgsars.sgs.kafka.SgsStage;

/** Starts the service. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ServiceLauncher.launch(
        Main.class,
        SgsStage.SERVICE,
        "accumulates gradients and sparsifies them in structured blocks",
        args);
  }
}
