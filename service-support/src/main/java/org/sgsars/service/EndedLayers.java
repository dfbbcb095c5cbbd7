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
 * would have brought waits in vain.
 */
public final class EndedLayers {
  private final Map<String, Set<DeadLetter>> byRun = new HashMap<>();

  /**
   * Takes a record of {@code dead-letters}; others are passed over.
   *
   * @param topics whose bad records matter
   */
  public void take(byte[] value, Set<String> topics) throws WireException {
    if (!WireFormat.DEAD_LETTER.recognises(value)) {
      return;
    }
    DeadLetter letter = WireFormat.DEAD_LETTER.decode(value);
    String run = letter.getRun();
    if (letter.getEndsLayer() && run != null && topics.contains(letter.getTopic())) {
      byRun.computeIfAbsent(run, r -> new LinkedHashSet<>()).add(letter);
    }
  }

  /** Name of a layer of the run that has ended in the scenario, if there is one. */
  public Optional<String> any(String run, int scenario) {
    return byRun.getOrDefault(run, Set.of()).stream()
        .filter(end -> end.getScenarios().isEmpty() || end.getScenarios().contains(scenario))
        .map(end -> end.getLayer() == null ? "another" : end.getLayer())
        .findFirst();
  }

  /** Whether a layer of the run has ended in the scenario. */
  public boolean has(String run, String layer, int scenario) {
    return byRun.getOrDefault(run, Set.of()).stream()
        .filter(end -> end.getScenarios().isEmpty() || end.getScenarios().contains(scenario))
        .anyMatch(end -> layer.equals(end.getLayer()));
  }
}
