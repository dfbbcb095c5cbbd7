package org.sgsars.contract.wire;

import java.util.List;

/**
 * Names of the topics: a prefix, which keeps installations on one cluster apart, and what flows.
 *
 * @param prefix put before every name; empty for none
 */
public record Topics(String prefix) {
  public Topics {
    if (!prefix.matches("[A-Za-z0-9._-]{0,128}")) {
      throw new IllegalArgumentException(
          "Topic prefix '%s' is not allowed; allowed: at most 128 letters, digits, '.', '_', '-'"
              .formatted(prefix));
    }
  }

  public String runs() {
    return prefix + "runs";
  }

  public String gradients() {
    return prefix + "gradients";
  }

  public String updates() {
    return prefix + "updates";
  }

  public String rowWrites() {
    return prefix + "row-writes";
  }

  /** Wear that is fed back to sparsifiers. */
  public String rowWear() {
    return prefix + "row-wear";
  }

  /** What layers publish for each other at an exchange of tiles. */
  public String tileWear() {
    return prefix + "tile-wear";
  }

  public String wear() {
    return prefix + "wear";
  }

  /** Cells that no longer switch. */
  public String cellFailures() {
    return prefix + "cell-failures";
  }

  /** What the crossbars of a training hold. */
  public String weights() {
    return prefix + "weights";
  }

  /** How well trained networks do. */
  public String accuracy() {
    return prefix + "accuracy";
  }

  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /**
   * Snapshots of a service's state, by the partitions of its input. Only there where services keep
   * them in the log; not one of {@link #all}.
   */
  public String snapshots(String service) {
    return prefix + "snapshots-" + service;
  }

  /** The topics of every pipeline. */
  public List<String> all() {
    return List.of(
        runs(),
        gradients(),
        updates(),
        rowWrites(),
        rowWear(),
        tileWear(),
        wear(),
        cellFailures(),
        weights(),
        accuracy(),
        deadLetters());
  }

  /**
   * Header of a manifest: the part of the run that its producer sends, {@code i/n}. Without it the
   * producer sends all of it. For producers; services read no headers.
   */
  public static final String SHARD_HEADER = "sgsars-shard";

  /** The key of a layer's records. */
  public static String key(String run, String layer) {
    return run + "/" + layer;
  }

  /** The partition of a layer's records on every topic; whoever passes a record on keeps it. */
  public static int partition(String run, int layer, int partitions) {
    return Math.floorMod(run.hashCode() + layer, partitions);
  }
}
