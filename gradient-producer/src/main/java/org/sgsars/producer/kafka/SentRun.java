package org.sgsars.producer.kafka;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunPlan;
import org.sgsars.source.GradientSink;
import org.sgsars.source.SourceException;

/** One attempt at a run, from its announcement until every service has taken it in. */
final class SentRun implements AutoCloseable {
  /** How far it is. */
  enum State {
    /** There may be more to do at once. */
    AGAIN,
    /** Nothing is to be done for the moment. */
    IDLE,
    /** It is sent and consumed, or retired. */
    OVER,
    /** It has to begin anew, as another attempt. */
    ANEW
  }

  private final RunPlan attempt;
  private final IterationLoop loop;
  private final RunSender sender;
  private final LeadGuard lead;
  private final Interruption interruption;
  private final Optional<GradientSink> recorder;
  private boolean isSent;

  /** What ended the source; what came before is judged to its end all the same. */
  private @Nullable SourceException failure;

  /**
   * @param loop has begun; closed with this
   * @param recorder is finished when all is sent
   */
  SentRun(
      RunPlan attempt,
      IterationLoop loop,
      RunSender sender,
      LeadGuard lead,
      Interruption interruption,
      Optional<GradientSink> recorder) {
    this.attempt = attempt;
    this.loop = loop;
    this.sender = sender;
    this.lead = lead;
    this.interruption = interruption;
    this.recorder = recorder;
  }

  RunPlan attempt() {
    return attempt;
  }

  RunSender sender() {
    return sender;
  }

  /** How many iterations are sent. */
  long iterations() {
    return loop.sent();
  }

  /**
   * Does the next piece of work.
   *
   * @throws SourceException if the source failed and what came before is taken in; the run is
   *     marked aborted then
   * @throws ServiceException if Kafka did not take something that was sent
   */
  State step() throws SourceException {
    // What waits for the services would wait for ever for a record that is not in the log.
    sender.failIfFailed();
    if (interruption.isStateLost(iterations())) {
      return State.ANEW;
    }
    if (interruption.isRetired()) {
      return State.OVER;
    }
    if (!isSent) {
      return send();
    }
    if (!lead.isAllDone(iterations())) {
      return State.IDLE;
    }
    throwFailure();
    // A service says that it lost its state before it commits that it is done.
    return interruption.isStateLostByNow() ? State.ANEW : State.OVER;
  }

  private State send() {
    try {
      return switch (loop.step(sender, lead)) {
        case AGAIN -> State.AGAIN;
        case IDLE -> State.IDLE;
        case DONE -> {
          sender.flush();
          if (recorder.isPresent()) {
            // Now: who waits for the report may stop this as soon as that is there.
            recorder.get().finish();
          }
          isSent = true;
          yield State.AGAIN;
        }
      };
    } catch (SourceException e) {
      // A source that fails gives the same report each time.
      sender.flush();
      failure = e;
      isSent = true;
      return State.AGAIN;
    }
  }

  /** Throws what ended the source, and says that nothing more comes. */
  void throwFailure() throws SourceException {
    SourceException why = failure;
    if (why != null) {
      sender.abort(String.valueOf(why.getMessage()));
      throw why;
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
