package org.sgsars.producer.kafka;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.RunPlan;
import org.sgsars.source.GradientEncoder;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.RepeatedSource;
import org.sgsars.source.SourceException;

/** Sends stored gradients, which wait for nothing but the slowest service. */
final class ReplayLoop implements IterationLoop {
  private final RunPlan attempt;
  private final RepeatedSource source;
  private final Optional<GradientSink> recorder;
  private final SentProgress progress;

  /**
   * @param progress how far the attempt was sent
   */
  ReplayLoop(
      RunPlan attempt,
      RepeatedSource source,
      Optional<GradientSink> recorder,
      SentProgress progress) {
    this.attempt = attempt;
    this.source = source;
    this.recorder = recorder;
    this.progress = progress;
  }

  @Override
  public OptionalLong goOn(boolean wasAborted) {
    // Then services may have passed over records, and see them only if all comes again.
    return OptionalLong.of(wasAborted ? 0 : progress.read());
  }

  @Override
  public void run(
      RunSender sender, long from, LeadGuard lead, BooleanSupplier interrupted, LongConsumer done)
      throws SourceException {
    sender.announce();
    source.goTo(from);
    done.accept(from);
    if (recorder.isPresent()) {
      recorder.get().begin(source.hasWeights() ? source.initialWeights() : List.of());
    }
    if (attempt.sendsWeights() && from == 0) {
      GradientEncoder exact = new GradientEncoder(GradientFormat.F32);
      sender.iteration(RunSender.INITIAL, 0, source.initialWeights(), exact);
    }
    GradientEncoder encoder = new GradientEncoder(attempt.gradientFormat());
    for (long iteration = from; iteration < attempt.iterations(); iteration++) {
      List<LayerTensor> tensors = source.next();
      if (tensors == null) {
        throw new SourceException(
            "%s ends after %d of %d iterations"
                .formatted(source.description(), iteration, attempt.iterations()));
      }
      lead.await(iteration, interrupted);
      if (interrupted.getAsBoolean()) {
        return;
      }
      if (recorder.isPresent()) {
        recorder.get().take(tensors);
      }
      sender.iteration(iteration, 0, tensors, encoder);
      done.accept(iteration + 1);
    }
  }

  @Override
  public void close() {
    // The source is opened once for all attempts.
  }
}
