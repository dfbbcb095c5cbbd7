package org.sgsars.service;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What has come on a shared topic, by subject and round, as long as a layer of this instance may
 * need it. Every instance reads all of it, as any layer may come to it; a layer that comes when
 * what it needs is gone makes the topic be read again.
 *
 * @param <K> what rounds are of
 * @param <V> what a round holds
 */
public final class SharedRounds<K, V> {
  private static final long NONE = -1;

  private final Map<K, NavigableMap<Long, V>> rounds = new HashMap<>();

  /** The first round that each layer of an assigned partition may still need. */
  private final Map<K, Map<Integer, Long>> layersHere = new HashMap<>();

  /** The last round of each subject that came and is gone. */
  private final Map<K, Long> lastGone = new HashMap<>();

  private boolean rewind;

  /**
   * A layer's partition was assigned to this instance, or the layer has used a round.
   *
   * @param firstNeeded the first round, by iteration, that it may still need
   */
  public void join(K subject, int layer, long firstNeeded) {
    layersHere.computeIfAbsent(subject, s -> new HashMap<>()).put(layer, firstNeeded);
    if (lastGone.getOrDefault(subject, NONE) >= firstNeeded) {
      lastGone.put(subject, firstNeeded - 1);
      rewind = true;
    }
    evict(subject);
  }

  /**
   * The layer has ended, or its partition was revoked.
   *
   * @return whether the subject has other layers here
   */
  public boolean leave(K subject, int layer) {
    Map<Integer, Long> here = layersHere.getOrDefault(subject, new HashMap<>());
    here.remove(layer);
    if (here.isEmpty()) {
      layersHere.remove(subject);
    }
    evict(subject);
    return !here.isEmpty();
  }

  /** Evicts subjects of which no layer will come any more. */
  public void evict(Predicate<K> subjects) {
    rounds.keySet().removeIf(subjects);
    layersHere.keySet().removeIf(subjects);
    lastGone.keySet().removeIf(subjects);
  }

  /** Whether the topic is to be read again; true once per rewind. */
  public boolean pollRewind() {
    boolean wanted = rewind;
    rewind = false;
    return wanted;
  }

  /** Whether a layer here may still need the round. If not, it is recorded as evicted. */
  public boolean needs(K subject, long iteration) {
    if (iteration >= firstNeeded(subject)) {
      return true;
    }
    lastGone.merge(subject, iteration, Math::max);
    return false;
  }

  private long firstNeeded(K subject) {
    return layersHere.getOrDefault(subject, Map.of()).values().stream()
        .mapToLong(iteration -> iteration)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /**
   * The round to which something has come.
   *
   * @param fresh makes one that holds nothing
   * @return empty if nobody here needs it
   */
  public Optional<V> at(K subject, long iteration, Supplier<V> fresh) {
    return needs(subject, iteration)
        ? Optional.of(
            rounds
                .computeIfAbsent(subject, s -> new TreeMap<>())
                .computeIfAbsent(iteration, i -> fresh.get()))
        : Optional.empty();
  }

  public Optional<V> find(K subject, long iteration) {
    return Optional.ofNullable(rounds.getOrDefault(subject, new TreeMap<>()).get(iteration));
  }

  private void evict(K subject) {
    NavigableMap<Long, V> ofSubject = rounds.get(subject);
    if (ofSubject == null) {
      return;
    }
    NavigableMap<Long, V> gone = ofSubject.headMap(firstNeeded(subject), false);
    if (!gone.isEmpty()) {
      lastGone.merge(subject, gone.lastKey(), Math::max);
      gone.clear();
    }
    if (ofSubject.isEmpty()) {
      rounds.remove(subject);
    }
  }
}
