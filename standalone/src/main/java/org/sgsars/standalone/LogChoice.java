package org.sgsars.standalone;

import java.util.Map;

/** Which log a run goes through. */
public sealed interface LogChoice {
  /**
   * A Kafka broker in this process.
   *
   * @param port for clients; 0 for one that is free
   */
  record EmbeddedKafka(int port) implements LogChoice {}

  /** A log in this process's memory, for this run alone. */
  record InMemory() implements LogChoice {}

  /**
   * A Kafka cluster, on which the run has topics and groups of its own.
   *
   * @param properties for the clients, such as {@code security.protocol}
   */
  record Cluster(String bootstrapServers, Map<String, String> properties) implements LogChoice {
    public Cluster {
      properties = Map.copyOf(properties);
    }
  }
}
