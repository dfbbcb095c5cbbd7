package org.sgsars.producer.kafka;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.RunPlan;
import org.sgsars.service.SteppedService.Step;
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
  private final GradientEncoder encoder;
  private long iteration;

  /** The iteration that is sent next, once that was read. */
  private @Nullable List<LayerTensor> next;

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
    this.encoder = new GradientEncoder(attempt.gradientFormat());
  }

  @Override
  public OptionalLong resume(boolean wasAborted) {
    // Then services may have skipped records, and see them only if all comes again.
    return OptionalLong.of(wasAborted ? 0 : progress.read());
  }

  @Override
  public void start(RunSender sender, long from) throws SourceException {
    sender.announce();
    source.goTo(from);
    iteration = from;
    if (recorder.isPresent()) {
      recorder.get().start(source.hasWeights() ? source.initialWeights() : List.of());
    }
    if (attempt.sendsWeights() && from == 0) {
      GradientEncoder exact = new GradientEncoder(GradientFormat.F32);
      sender.iteration(RunSender.INITIAL, 0, source.initialWeights(), exact);
    }
  }

  @Override
  public Step step(RunSender sender, LeadGuard lead) throws SourceException {
    if (iteration == attempt.iterations()) {
      return Step.DONE;
    }
    List<LayerTensor> tensors = next == null ? source.next() : next;
    if (tensors == null) {
      throw new SourceException(
          "%s ends after %d of %d iterations"
              .formatted(source.description(), iteration, attempt.iterations()));
    }
    next = tensors;
    if (!lead.maySend(iteration)) {
      return Step.IDLE;
    }
    if (recorder.isPresent()) {
      recorder.get().add(tensors);
    }
    sender.iteration(iteration, 0, tensors, encoder);
    next = null;
    iteration++;
    return Step.AGAIN;
  }

  @Override
  public long sent() {
    return iteration;
  }

  @Override
  public void close() {
    // The source is opened once for all attempts.
  }
}
