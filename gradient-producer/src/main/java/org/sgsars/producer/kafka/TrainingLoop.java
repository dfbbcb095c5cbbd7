package org.sgsars.producer.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.RunPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.source.GradientEncoder;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;
import org.sgsars.wire.Accuracy;

/** Trains each copy of the network on what its crossbars hold after the iteration before. */
final class TrainingLoop implements IterationLoop {
  private final RunPlan attempt;
  private final TrainingPlan plan;
  private final TrainingSource network;
  private final Optional<GradientSink> recorder;
  private final Optional<TrainingCheckpoints> checkpoints;
  private final String stateName;
  private final WeightsReader reader;
  private final List<Training> trainings = new ArrayList<>();
  private boolean canGoOn;

  /**
   * @param attempt one that trains
   * @param checkpoints where it is saved on its way, if it is
   * @param stateName what it is saved as
   * @param reader of what the attempt's crossbars hold; closed at the end
   * @throws SourceException if the network cannot be made
   */
  TrainingLoop(
      RunPlan attempt,
      TrainingSource network,
      Optional<GradientSink> recorder,
      Optional<TrainingCheckpoints> checkpoints,
      String stateName,
      WeightsReader reader)
      throws SourceException {
    this.attempt = attempt;
    this.plan = attempt.training().orElseThrow();
    this.network = network;
    this.recorder = recorder;
    this.checkpoints = checkpoints;
    this.stateName = stateName;
    this.reader = reader;
    try {
      for (int copy = 0; copy < plan.count(); copy++) {
        trainings.add(network.begin());
      }
    } catch (SourceException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public OptionalLong goOn(boolean wasAborted) {
    // What services have passed over since then, or what was recorded, does not come again.
    if (wasAborted || checkpoints.isEmpty() || recorder.isPresent()) {
      return OptionalLong.empty();
    }
    OptionalLong from = checkpoints.get().restore(stateName, this::restore);
    return canGoOn ? from : OptionalLong.empty();
  }

  private void restore(DataInput in) throws IOException {
    for (Training training : trainings) {
      training.restore(in);
    }
    canGoOn = reader.restore(in);
  }

  private void save(DataOutput out) throws IOException {
    for (Training training : trainings) {
      training.save(out);
    }
    reader.save(out);
  }

  @Override
  public void run(
      RunSender sender, long from, LeadGuard lead, BooleanSupplier interrupted, LongConsumer done)
      throws SourceException {
    done.accept(from);
    sender.announce();
    if (from == 0) {
      begin(sender);
    }
    for (long iteration = from; iteration <= attempt.iterations(); iteration++) {
      lead.await(iteration, interrupted);
      if (checkpoints.isPresent() && checkpoints.get().isDue()) {
        for (int copy = 0; copy < plan.count(); copy++) {
          if (!reader.await(copy, iteration - 1, interrupted)) {
            return;
          }
        }
        if (reader.isCaughtUp() && checkpoints.get().save(stateName, iteration, this::save)) {
          reader.noteSaved();
        }
      }
      for (int copy = 0; copy < plan.count(); copy++) {
        if (!reader.await(copy, iteration - 1, interrupted)) {
          return;
        }
        trainOn(sender, trainings.get(copy), copy, iteration, reader.weights(copy));
      }
      // The last is done when its weights have come back.
      done.accept(iteration);
    }
  }

  private void begin(RunSender sender) throws SourceException {
    if (recorder.isPresent()) {
      recorder.get().begin(network.initialWeights());
    }
    GradientEncoder exact = new GradientEncoder(GradientFormat.F32);
    for (int copy = 0; copy < plan.count(); copy++) {
      sender.iteration(RunSender.INITIAL, copy, network.initialWeights(), exact);
    }
  }

  private void trainOn(
      RunSender sender, Training training, int copy, long done, NetworkWeights weights)
      throws SourceException {
    if (plan.testsAfter(done, attempt.iterations())) {
      Training.Accuracy tested = training.test(weights);
      sender.accuracy(
          new Accuracy(
              attempt.run(),
              plan.scenarios().get(copy),
              done,
              tested.images(),
              tested.correct(),
              tested.loss()));
    }
    if (done < attempt.iterations()) {
      List<LayerTensor> gradients = training.gradients(done, weights);
      if (recorder.isPresent()) {
        recorder.get().take(gradients);
      }
      sender.iteration(done, copy, gradients, new GradientEncoder(attempt.gradientFormat()));
    }
  }

  @Override
  public void close() {
    trainings.forEach(Training::close);
    reader.close();
  }
}
