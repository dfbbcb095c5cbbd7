package org.sgsars.standalone;

import java.util.Optional;
import org.sgsars.source.trace.Traces;

/** Shows how far a trace has been read, from its first iteration on. */
final class TraceProgress implements Traces.Progress, AutoCloseable {
  private Optional<RunProgress> shown = Optional.empty();

  @Override
  public void iterationsRead(long done, long all, long bytesPerIteration) {
    if (shown.isEmpty()) {
      shown = Optional.of(RunProgress.ofReading(all, bytesPerIteration));
    }
    shown.get().iterationsDone(done);
  }

  @Override
  public void close() {
    finish();
  }

  /** Shows nothing more, so that other text may follow. */
  void finish() {
    shown.ifPresent(RunProgress::finish);
    shown = Optional.empty();
  }
}
