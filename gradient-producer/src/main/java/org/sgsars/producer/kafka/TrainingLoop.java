package org.sgsars.producer.kafka;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.RunPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.service.SteppedService.Step;
import org.sgsars.source.GradientEncoder;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;
import org.sgsars.wire.Accuracy;

/** Runs each training on what its crossbars hold after the iteration before. */
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
  private long iteration;
  private long sent;

  /** Whether the next iteration may be sent, and whether before that all is to be saved. */
  private boolean maySend;

  private boolean isToBeSaved;

  /** Of this iteration, the first training that is not known yet, and the first not sent. */
  private int nextKnown;

  private int nextTraining;

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
      for (int index = 0; index < plan.count(); index++) {
        trainings.add(network.startTraining());
      }
    } catch (SourceException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public OptionalLong resume(boolean wasAborted) {
    // What services have skipped since then, or what was recorded, does not come again.
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
  public void start(RunSender sender, long from) throws SourceException {
    iteration = from;
    sent = from;
    sender.announce();
    if (from == 0) {
      sendInitialWeights(sender);
    }
  }

  @Override
  public Step step(RunSender sender, LeadGuard lead) throws SourceException {
    if (iteration > attempt.iterations()) {
      return Step.DONE;
    }
    if (!maySend) {
      maySend = lead.maySend(iteration);
      if (!maySend) {
        return Step.IDLE;
      }
      isToBeSaved = checkpoints.isPresent() && checkpoints.get().isDue();
    }
    if (isToBeSaved) {
      if (!isAllKnown()) {
        return Step.AGAIN;
      }
      save();
      isToBeSaved = false;
    }
    while (nextTraining < plan.count()) {
      if (!reader.isKnown(nextTraining, iteration - 1)) {
        // The reader has waited for it.
        return Step.AGAIN;
      }
      trainOn(sender, nextTraining, iteration, reader.weights(nextTraining));
      nextTraining++;
    }
    nextTraining = 0;
    maySend = false;
    sent = iteration;
    iteration++;
    return Step.AGAIN;
  }

  private boolean isAllKnown() throws SourceException {
    while (nextKnown < plan.count() && reader.isKnown(nextKnown, iteration - 1)) {
      nextKnown++;
    }
    boolean isAll = nextKnown == plan.count();
    nextKnown = isAll ? 0 : nextKnown;
    return isAll;
  }

  private void save() {
    TrainingCheckpoints of = checkpoints.orElseThrow();
    if (reader.isCaughtUp() && of.save(stateName, iteration, this::save)) {
      reader.recordSaved();
    }
  }

  /** The last iteration is done when its weights have come back. */
  @Override
  public long sent() {
    return sent;
  }

  private void sendInitialWeights(RunSender sender) throws SourceException {
    if (recorder.isPresent()) {
      recorder.get().start(network.initialWeights());
    }
    GradientEncoder exact = new GradientEncoder(GradientFormat.F32);
    for (int index = 0; index < plan.count(); index++) {
      sender.iteration(RunSender.INITIAL, index, network.initialWeights(), exact);
    }
  }

  private void trainOn(RunSender sender, int index, long done, NetworkWeights weights)
      throws SourceException {
    Training training = trainings.get(index);
    if (plan.testsAfter(done, attempt.iterations())) {
      Training.TestResult tested = training.test(weights);
      sender.accuracy(
          new Accuracy(
              attempt.run(),
              plan.scenarios().get(index),
              done,
              tested.images(),
              tested.correct(),
              tested.loss()));
    }
    if (done < attempt.iterations()) {
      List<LayerTensor> gradients = training.gradients(done, weights);
      if (recorder.isPresent()) {
        recorder.get().add(gradients);
      }
      sender.iteration(done, index, gradients, new GradientEncoder(attempt.gradientFormat()));
    }
  }

  @Override
  public void close() {
    trainings.forEach(Training::close);
    reader.close();
  }
}
