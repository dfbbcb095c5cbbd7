package org.sgsars.log;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes the clients of one log. All read from the earliest record where nothing else is committed,
 * and commit only when told to. Consumers are for one thread, as Kafka's are; producers and {@link
 * LogAdmin} are for any.
 */
public interface LogClients {
  /**
   * A member of a group. A value may be a view of what was fetched, and then keeps all of it.
   *
   * @param group its full name
   */
  Consumer<byte[], ByteBuffer> groupConsumer(String group);

  /** A consumer in no group, for reading whole topics. */
  Consumer<String, byte[]> readAllConsumer();

  /**
   * A producer that loses and reorders nothing. A value belongs to the log once it is sent: the
   * sender must not change it.
   *
   * @param linger how long a record may wait for others to go with it, unless flushed
   */
  Producer<String, byte[]> producer(Duration linger);

  /** Asks the cluster. */
  LogAdmin admin();

  /** What should wait in it. */
  Backlog backlog();

  /** Where the log is, for people. */
  String place();

  /**
   * Waits for the cluster, as long as is meant to be waited.
   *
   * @throws RuntimeException if it cannot be used, saying why
   */
  void awaitBroker();
}
