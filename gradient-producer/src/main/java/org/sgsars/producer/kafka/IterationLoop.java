package org.sgsars.producer.kafka;

import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.sgsars.source.SourceException;

/** Where the gradients of an attempt at a run come from, iteration by iteration. */
interface IterationLoop extends AutoCloseable {
  /**
   * Makes ready to go on with an attempt that was announced before.
   *
   * @param wasAborted whether it was said that nothing more comes
   * @return the first iteration to send; empty if the run has to begin anew, as another attempt
   */
  OptionalLong goOn(boolean wasAborted);

  /**
   * Announces the attempt and sends it, to its end or until it is interrupted.
   *
   * @param from the first iteration to send
   * @param lead says when an iteration may be sent
   * @param done is told how many iterations are sent
   * @throws SourceException if there are no gradients
   */
  void run(
      RunSender sender, long from, LeadGuard lead, BooleanSupplier interrupted, LongConsumer done)
      throws SourceException;

  @Override
  void close();
}
