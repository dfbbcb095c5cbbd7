package org.sgsars.benchmarks;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.source.ForwardingSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;
import org.sgsars.source.train.ImageTrainingSourcePolicy;

/** Trainings that measure how long the network's own steps take. */
public final class TimedTrainingSourcePolicy
    implements TrainingSourcePolicy<ImageTrainingSourcePolicy.Settings> {
  static final String KIND = "timed-train";

  private static final AtomicLong STEP_NANOS = new AtomicLong();

  private final ImageTrainingSourcePolicy policy = new ImageTrainingSourcePolicy();

  /** Time that networks in this process have spent forward and back, all together. */
  static long stepNanos() {
    return STEP_NANOS.get();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String summary() {
    return policy.summary();
  }

  @Override
  public Class<ImageTrainingSourcePolicy.Settings> settingsType() {
    return policy.settingsType();
  }

  @Override
  public TrainingSource open(
      ImageTrainingSourcePolicy.Settings settings, OptimizerSettings optimizer, long seed)
      throws SourceException {
    return new Source(policy.open(settings, optimizer, seed));
  }

  private static final class Source extends ForwardingSource implements TrainingSource {
    private final TrainingSource source;

    Source(TrainingSource source) {
      this.source = source;
    }

    @Override
    protected TrainingSource source() {
      return source;
    }

    @Override
    public long iterationsPerEpoch() {
      return source.iterationsPerEpoch();
    }

    @Override
    public Training startTraining() throws SourceException {
      return new Timed(source.startTraining());
    }
  }

  private record Timed(Training training) implements Training {
    @Override
    public List<LayerTensor> gradients(long iteration, NetworkWeights weights)
        throws SourceException {
      long since = System.nanoTime();
      List<LayerTensor> gradients = training.gradients(iteration, weights);
      STEP_NANOS.addAndGet(System.nanoTime() - since);
      return gradients;
    }

    @Override
    public TestResult test(NetworkWeights weights) throws SourceException {
      return training.test(weights);
    }

    @Override
    public void save(DataOutput out) throws IOException {
      training.save(out);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      training.restore(in);
    }

    @Override
    public void close() {
      training.close();
    }
  }
}
