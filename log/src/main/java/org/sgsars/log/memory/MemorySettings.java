package org.sgsars.log.memory;

import java.time.Duration;

/**
 * What brokers and clients are configured with.
 *
 * @param cooperative whether groups rebalance cooperatively (Kafka's CooperativeStickyAssignor);
 *     else all give up all partitions first (RangeAssignor)
 * @param sessionTimeout after which a member whose process is gone is removed from its group
 * @param maxPollInterval after which a member that is not polled is removed from its group
 * @param callTimeout how long a call of a consumer waits for an answer, and a producer for a topic
 *     or for room
 * @param adminTimeout how long a call of an admin waits for an answer
 * @param deliveryTimeout after which a record that is not acknowledged has failed
 * @param maxRecordBytes largest record of a topic that says nothing else by {@code
 *     max.message.bytes}
 * @param maxPollRecords most records that one poll gives
 */
public record MemorySettings(
    boolean cooperative,
    Duration sessionTimeout,
    Duration maxPollInterval,
    Duration callTimeout,
    Duration adminTimeout,
    Duration deliveryTimeout,
    int maxRecordBytes,
    int maxPollRecords) {
  /** As the services configure Kafka. */
  public static final MemorySettings DEFAULTS =
      new MemorySettings(
          false,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofSeconds(15),
          Duration.ofMinutes(10),
          16 << 20,
          2_000);

  public MemorySettings {
    requirePositive("sessionTimeout", sessionTimeout);
    requirePositive("maxPollInterval", maxPollInterval);
    requirePositive("callTimeout", callTimeout);
    requirePositive("adminTimeout", adminTimeout);
    requirePositive("deliveryTimeout", deliveryTimeout);
    requirePositive("maxRecordBytes", maxRecordBytes);
    requirePositive("maxPollRecords", maxPollRecords);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("%s=%s must be more than 0".formatted(name, value));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s=%d must be more than 0".formatted(name, value));
    }
  }

  /** The same with groups that rebalance cooperatively. */
  public MemorySettings withCooperativeGroups() {
    return new MemorySettings(
        true,
        sessionTimeout,
        maxPollInterval,
        callTimeout,
        adminTimeout,
        deliveryTimeout,
        maxRecordBytes,
        maxPollRecords);
  }

  /** The same with other times of patience with members. */
  public MemorySettings withMemberTimeouts(Duration session, Duration pollInterval) {
    return new MemorySettings(
        cooperative,
        session,
        pollInterval,
        callTimeout,
        adminTimeout,
        deliveryTimeout,
        maxRecordBytes,
        maxPollRecords);
  }

  /** The same with other times of patience with brokers. */
  public MemorySettings withAnswerTimeouts(Duration call, Duration admin, Duration delivery) {
    return new MemorySettings(
        cooperative,
        sessionTimeout,
        maxPollInterval,
        call,
        admin,
        delivery,
        maxRecordBytes,
        maxPollRecords);
  }

  /** The same with other limits on what one poll gives. */
  public MemorySettings withMaxPollRecords(int records) {
    return new MemorySettings(
        cooperative,
        sessionTimeout,
        maxPollInterval,
        callTimeout,
        adminTimeout,
        deliveryTimeout,
        maxRecordBytes,
        records);
  }
}
