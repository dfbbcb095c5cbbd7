package org.sgsars.chaos;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.sgsars.service.ProcessDefaults;
import org.sgsars.standalone.EmbeddedBroker;

/** A broker in a process of its own, which finds its data again after whatever ended it. */
final class BrokerProcess {
  private BrokerProcess() {}

  /**
   * @param args folder of the data, port of the clients, port of the controller
   */
  public static void main(String[] args) throws Exception {
    ProcessDefaults.set();
    CountDownLatch over = new CountDownLatch(1);
    EmbeddedBroker broker =
        EmbeddedBroker.open(
            Path.of(args[0]),
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            failure -> over.countDown());
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    over.await();
    System.exit(1);
  }
}
