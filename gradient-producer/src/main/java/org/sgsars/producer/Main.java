package org.sgsars.producer;

import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.ServiceLauncher;

/** Starts the service: sends one run and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ServiceLauncher.launch(
        Main.class, RunProducer.SERVICE, "sends the gradients of one experiment, then ends", args);
  }
}
