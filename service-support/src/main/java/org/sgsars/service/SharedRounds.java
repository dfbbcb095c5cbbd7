package org.sgsars.service;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What has come on a shared topic, by subject and round, until no layer of this instance can need
 * it any more. Every instance reads all of it, as any layer may come to it in a rebalance.
 *
 * @param <K> what rounds are of
 * @param <V> what a round holds
 */
public final class SharedRounds<K, V> {
  private final Map<K, NavigableMap<Long, V>> rounds = new HashMap<>();

  /** The first round that each layer in this instance's hands may still need. */
  private final Map<K, Map<Integer, Long>> layersHere = new HashMap<>();

  /**
   * A layer is in this instance's hands, or has used a round.
   *
   * @param firstNeeded the first round, by iteration, that it may still need
   */
  public void join(K subject, int layer, long firstNeeded) {
    layersHere.computeIfAbsent(subject, s -> new HashMap<>()).put(layer, firstNeeded);
    forget(subject);
  }

  /** The layer is over, or in another instance's hands. */
  public void leave(K subject, int layer) {
    Map<Integer, Long> here = layersHere.getOrDefault(subject, new HashMap<>());
    here.remove(layer);
    if (here.isEmpty()) {
      layersHere.remove(subject);
    }
    forget(subject);
  }

  /**
   * The round to which something has come.
   *
   * @param fresh makes one that holds nothing
   * @return empty if nobody here can need it any more
   */
  public Optional<V> at(K subject, long iteration, Supplier<V> fresh) {
    NavigableMap<Long, V> ofSubject = rounds.computeIfAbsent(subject, s -> new TreeMap<>());
    V round = ofSubject.computeIfAbsent(iteration, i -> fresh.get());
    forget(subject);
    return ofSubject.containsKey(iteration) ? Optional.of(round) : Optional.empty();
  }

  public Optional<V> find(K subject, long iteration) {
    return Optional.ofNullable(rounds.getOrDefault(subject, new TreeMap<>()).get(iteration));
  }

  /**
   * Without a layer here only the last round is kept: a layer that comes later is at its beginning,
   * which keeps others from getting further than one round, or is restored, and reads all again.
   */
  private void forget(K subject) {
    NavigableMap<Long, V> ofSubject = rounds.get(subject);
    if (ofSubject == null || ofSubject.isEmpty()) {
      return;
    }
    long firstNeeded =
        layersHere.getOrDefault(subject, Map.of()).values().stream()
            .mapToLong(iteration -> iteration)
            .min()
            .orElse(ofSubject.lastKey());
    ofSubject.headMap(firstNeeded, false).clear();
  }
}
