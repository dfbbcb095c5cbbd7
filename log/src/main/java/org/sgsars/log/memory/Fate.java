package org.sgsars.log.memory;

/**
 * What becomes of a record that is sent. Whatever it is, a producer's records of one partition come
 * into the log, and are acknowledged, in the order in which they were sent: one that waits makes
 * those behind it wait.
 */
public enum Fate {
  /** It is in the log and acknowledged at once. */
  DELIVERED,
  /** It is in the log twice, as after a resend that nobody noticed; the first is acknowledged. */
  DUPLICATED,
  /** It is in the log at once, and acknowledged when {@link Faults#release} says so. */
  ACKNOWLEDGED_LATE,
  /** It comes into the log, and is acknowledged, when {@link Faults#release} says so. */
  DELIVERED_LATE,
  /** It is in the log, and its producer takes it for failed after the delivery timeout. */
  NEVER_ACKNOWLEDGED,
  /** It never comes into the log, and has failed after the delivery timeout. */
  LOST;

  boolean isInLogAtOnce() {
    return this != DELIVERED_LATE && this != LOST;
  }

  boolean isAcknowledgedAtOnce() {
    return this == DELIVERED || this == DUPLICATED;
  }

  boolean waitsForRelease() {
    return this == ACKNOWLEDGED_LATE || this == DELIVERED_LATE;
  }
}
