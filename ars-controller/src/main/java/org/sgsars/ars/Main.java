package org.sgsars.ars;

import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.service.ServiceLauncher;

/** Starts the service. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ServiceLauncher.launch(
        Main.class, ArsStage.SERVICE, "maps logical to physical rows and levels their wear", args);
  }
}
