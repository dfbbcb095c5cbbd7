package org.sgsars.chaos;

/**
 * What a cluster is made of.
 *
 * @param brokers how many: 1, or 3 with as many replicas, of which two have to have a record
 * @param store where services keep their snapshots
 */
record ClusterShape(int brokers, Store store) {
  static final int SEVERAL = 3;

  /** Where services keep their snapshots. */
  enum Store {
    /** In the broker: machines share nothing else. */
    KAFKA,
    /** In a folder that a service's instances share. */
    FOLDER;

    String setting() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  ClusterShape {
    if (brokers != 1 && brokers != SEVERAL) {
      throw new IllegalArgumentException(
          "%d brokers; allowed: 1 or %d".formatted(brokers, SEVERAL));
    }
  }

  boolean hasReplicas() {
    return brokers == SEVERAL;
  }
}
