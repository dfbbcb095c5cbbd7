package org.sgsars.benchmarks;

import java.nio.file.Path;
import org.sgsars.service.ProcessDefaults;
import org.sgsars.standalone.EmbeddedBroker;

/** A broker in a process of its own: says where it listens, and ends when its input does. */
final class BrokerProcess {
  private BrokerProcess() {}

  /**
   * @param args the folder that its data are in
   */
  public static void main(String[] args) throws Exception {
    ProcessDefaults.set();
    try (EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), failure -> {})) {
      System.out.println(broker.bootstrapServers());
      while (System.in.read() >= 0) {
        // Nothing is said to a broker but the end.
      }
    }
    System.exit(0);
  }
}
