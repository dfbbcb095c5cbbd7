package org.sgsars.producer.kafka;

import java.util.OptionalLong;
import org.sgsars.service.SteppedService.Step;
import org.sgsars.source.SourceException;

/** Where the gradients of an attempt at a run come from, iteration by iteration. */
interface IterationLoop extends AutoCloseable {
  /**
   * Prepares to resume an attempt that was announced before.
   *
   * @param wasAborted whether it was said that nothing more comes
   * @return the first iteration to send; empty if the run has to begin anew, as another attempt
   */
  OptionalLong resume(boolean wasAborted);

  /**
   * Announces the attempt.
   *
   * @param from the first iteration to send
   * @throws SourceException if there are no gradients
   */
  void start(RunSender sender, long from) throws SourceException;

  /**
   * Sends an iteration, if that is possible by now.
   *
   * @param lead says whether an iteration may be sent
   * @return done when the last one is sent
   * @throws SourceException if there are no gradients
   */
  Step step(RunSender sender, LeadGuard lead) throws SourceException;

  /** How many iterations are sent. */
  long sent();

  @Override
  void close();
}
