package org.sgsars.analyzer.page;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The runs that a page can show. From any thread. */
public interface RunPages {
  /**
   * A run in the list.
   *
   * @param run its name
   * @param name of its experiment
   * @param state {@code running}, {@code finished} or {@code incomplete}
   * @param pace how far it is, and how fast
   * @param createdAt when it was announced, in ISO 8601, UTC
   * @param updatedAt when the last of its wear was reported, likewise
   */
  record Line(
      String run,
      String name,
      String state,
      @JsonUnwrapped Pace pace,
      String createdAt,
      String updatedAt) {}

  /**
   * How far a run is.
   *
   * @param iterations that all its wear reflects
   * @param plannedIterations of the run
   * @param perSecond iterations per second since it was announced; empty if it is over
   * @param secondsLeft at that rate; empty if it is over
   */
  record Pace(
      long iterations,
      long plannedIterations,
      OptionalDouble perSecond,
      OptionalDouble secondsLeft) {}

  /** All runs, the latest first. */
  List<Line> runs();

  /** The run in numbers that fit a screen, as JSON. */
  Optional<byte[]> summary(String run);

  /**
   * One of its layers in every scenario, as JSON.
   *
   * @param layer its index
   */
  Optional<byte[]> layer(String run, int layer);

  /** Another number whenever there is news of a run. */
  long version(String run);

  /** Whether there may be news of a run. */
  boolean isLive(String run);
}
