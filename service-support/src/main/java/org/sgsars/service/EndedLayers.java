package org.sgsars.service;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.wire.DeadLetter;

/**
 * Layers that ended on the way to some topics, by the dead letters: whoever waits for what they
 * would have published waits for nothing.
 */
public final class EndedLayers {
  private final Map<String, Set<DeadLetter>> byRun = new HashMap<>();

  /**
   * Adds a record of {@code dead-letters}; what is none is skipped, as the analyzer reports it.
   *
   * @param topics whose bad records matter
   */
  public void add(byte[] value, Set<String> topics) {
    DeadLetter letter;
    try {
      letter = WireFormat.DEAD_LETTER.decode(value);
    } catch (WireException e) {
      return;
    }
    String run = letter.getRun();
    if (letter.getEndsLayer() && run != null && topics.contains(letter.getTopic())) {
      byRun.computeIfAbsent(run, r -> new LinkedHashSet<>()).add(letter);
    }
  }

  /** A run that is retired. */
  public void evict(String run) {
    byRun.remove(run);
  }

  /**
   * Name of a layer of the run that has ended in the scenario without the iteration being done, if
   * there is one. Where it ended, not when that becomes known, decides: it is the same for all.
   */
  public Optional<String> any(String run, int scenario, long iteration) {
    return byRun.getOrDefault(run, Set.of()).stream()
        .filter(end -> isEnd(end, scenario, iteration))
        .map(end -> end.getLayer() == null ? "another" : end.getLayer())
        .findFirst();
  }

  /** Whether a layer of the run has ended in the scenario without the iteration being done. */
  public boolean has(String run, String layer, int scenario, long iteration) {
    return byRun.getOrDefault(run, Set.of()).stream()
        .anyMatch(end -> isEnd(end, scenario, iteration) && layer.equals(end.getLayer()));
  }

  private static boolean isEnd(DeadLetter end, int scenario, long iteration) {
    boolean isHere = end.getScenarios().isEmpty() || end.getScenarios().contains(scenario);
    Long endsAt = end.getEndsAt();
    return isHere && (endsAt == null || endsAt <= iteration);
  }
}
