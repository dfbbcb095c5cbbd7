package org.sgsars.producer.kafka;

import java.time.Duration;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;
import org.sgsars.service.KafkaRunCatalog;

/** Whether there is sense in going on with an attempt. Looks at the topic of runs now and then. */
final class Interruption {
  private static final long POLL_NANOS = Duration.ofMillis(500).toNanos();

  private final KafkaRunCatalog runs;
  private final RunPlan attempt;
  private final TimeSource time;
  private boolean stateLost;
  private boolean over;
  private long lastLook;

  Interruption(KafkaRunCatalog runs, RunPlan attempt, TimeSource time) {
    this.runs = runs;
    this.attempt = attempt;
    this.time = time;
    this.lastLook = time.nanos();
  }

  /**
   * Whether a service lost what it had of the attempt, as of the last look.
   *
   * @param sent iterations that are sent
   * @throws ServiceException if the run is retired though not all of it is sent
   */
  boolean isStateLost(long sent) {
    if (!stateLost && time.nanos() - lastLook >= POLL_NANOS) {
      stateLost = runs.stateLost(attempt.run()).isPresent();
      if (sent < attempt.iterations()) {
        failIfRetired(runs, attempt);
      }
      // Else somebody was quicker to see that the run is done.
      over = runs.isRetired(RunPlan.nameOf(attempt.run()));
      lastLook = time.nanos();
    }
    return stateLost;
  }

  /** The same by all that is said until now. */
  boolean isStateLostByNow() {
    stateLost = stateLost || runs.stateLost(attempt.run()).isPresent();
    return stateLost;
  }

  /** Whether the run is retired, as of the last poll. */
  boolean isRetired() {
    return over;
  }

  /** The records of a run that is retired would be skipped everywhere. */
  static void failIfRetired(KafkaRunCatalog runs, RunPlan run) {
    String name = RunPlan.nameOf(run.run());
    if (runs.isRetired(name)) {
      throw new ServiceException(
          "Run '%s' is retired, and its name not free yet; choose another name".formatted(name));
    }
  }
}
