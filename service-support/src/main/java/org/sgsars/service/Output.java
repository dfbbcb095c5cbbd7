package org.sgsars.service;

/** Where a worker's records go: always to the partition that the record worked on came from. */
@FunctionalInterface
public interface Output {
  /**
   * @param topic full name of the topic
   * @param key {@code run/layer}
   * @param value the encoded record; owned by the output afterwards
   */
  void send(String topic, String key, byte[] value);
}
