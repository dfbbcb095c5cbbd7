package org.sgsars.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.sgsars.failure.FailureReason;
import org.sgsars.service.ProcessDefaults;
import org.sgsars.standalone.BrokerNode;
import org.sgsars.standalone.EmbeddedBroker;

/** A broker in a process of its own, which finds its data again after whatever ended it. */
final class BrokerProcess {
  static final String CLOCK_OFFSET = "clock-offset=";

  private static final int SETTINGS = 5;

  private BrokerProcess() {}

  /**
   * @param args folder of the data, port of the clients, port of the controller, number of the
   *     node, name of the cluster, then {@code name=value} of Kafka's settings or {@link
   *     #CLOCK_OFFSET}
   */
  public static void main(String[] args) throws Exception {
    ProcessDefaults.set();
    Map<String, String> settings = new HashMap<>();
    Duration clock = Duration.ZERO;
    for (String arg : List.of(args).subList(SETTINGS, args.length)) {
      if (arg.startsWith(CLOCK_OFFSET)) {
        clock = Duration.parse(arg.substring(CLOCK_OFFSET.length()));
      } else {
        int equals = arg.indexOf('=');
        settings.put(arg.substring(0, equals), arg.substring(equals + 1));
      }
    }
    BrokerNode node = new BrokerNode(Integer.parseInt(args[3]), args[4], clock, settings);
    CountDownLatch over = new CountDownLatch(1);
    EmbeddedBroker broker = start(args, node, over);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    over.await();
    System.exit(1);
  }

  private static EmbeddedBroker start(String[] args, BrokerNode node, CountDownLatch over) {
    try {
      return EmbeddedBroker.open(
          Path.of(args[0]),
          Integer.parseInt(args[1]),
          Integer.parseInt(args[2]),
          node,
          failure -> {
            Optional.ofNullable(failure.getMessage()).ifPresent(System.err::println);
            over.countDown();
          });
    } catch (RuntimeException e) {
      // Threads of it may be left, which would keep a process that is of no use.
      System.err.println("The broker does not start: " + FailureReason.of(e));
      Runtime.getRuntime().halt(1);
      throw e;
    }
  }
}
