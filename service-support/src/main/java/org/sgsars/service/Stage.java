package org.sgsars.service;

import java.util.List;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.policy.Policies;

/** One step of the pipeline: what it reads, and how it works on one partition of it. */
public interface Stage {
  /** Name of the service, such as {@code sgs-service}; also its consumer group. */
  String service();

  /** The policies that it makes use of: their settings are filled in and checked in every run. */
  default Policies policies() {
    return new Policies(List.of());
  }

  /** Full name of the topic it reads. */
  String inputTopic(Topics topics);

  /**
   * Topics that every instance reads as a whole, because what one layer does depends on others;
   * usually none.
   */
  default List<String> sharedTopics(Topics topics) {
    return List.of();
  }

  /**
   * Applies a record of a shared topic. After a rebalance all of them are read again.
   *
   * @param topic full name
   * @throws WireException if it is not what the topic holds
   */
  default void applyShared(Topics topics, String topic, byte[] value) throws WireException {}

  /**
   * Whether all shared records are to be read again, true once per rewind: some that are needed
   * were evicted.
   */
  default boolean pollRewind() {
    return false;
  }

  /** A run is retired: everything that was shared of it is evicted. */
  default void evict(String run) {}

  /** A worker without state for one partition. */
  PartitionWorker open(Topics topics, RunCatalog runs);
}
