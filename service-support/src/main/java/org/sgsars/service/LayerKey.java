package org.sgsars.service;

import java.util.Comparator;

/** One layer of one run in one of its streams. */
record LayerKey(String run, int stream, int layer) implements Comparable<LayerKey> {
  private static final Comparator<LayerKey> ORDER =
      Comparator.comparing(LayerKey::run)
          .thenComparingInt(LayerKey::stream)
          .thenComparingInt(LayerKey::layer);

  @Override
  public int compareTo(LayerKey other) {
    return ORDER.compare(this, other);
  }
}
