package org.sgsars.simulation;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.policy.Setting;
import org.sgsars.random.RandomStream;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;

/**
 * A training that needs no network: every weight is pulled to 0, the harder the further it is away,
 * and pushed at random. The report has every weight that comes back wrong.
 */
public final class PulledSource implements TrainingSourcePolicy<PulledSource.Settings> {
  private static final float PULL = 0.5f;

  /**
   * What is trained.
   *
   * @param layers the layers
   */
  public record Settings(
      @Setting(about = "The layers, each with a name, rows and columns.")
          List<LayerShape> layers) {}

  @Override
  public String kind() {
    return "pulled";
  }

  @Override
  public String summary() {
    return "Weights that are pulled to 0 and pushed at random.";
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public TrainingSource open(Settings settings, OptimizerSettings optimizer, long seed) {
    return new Source(settings.layers(), RandomStream.of(seed, "pulled"));
  }

  /** Values of a layer, which has no bias. */
  private static LayerTensor tensor(ByteBuffer values) {
    return new LayerTensor(values, ByteBuffer.allocate(0));
  }

  private static ByteBuffer values(LayerShape layer) {
    return ByteBuffer.allocate(Float.BYTES * layer.inputs() * layer.columns())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private record Source(List<LayerShape> layers, RandomStream random) implements TrainingSource {
    @Override
    public String description() {
      return "weights pulled to 0";
    }

    @Override
    public List<String> notices() {
      return List.of();
    }

    @Override
    public double weightDecay() {
      return 0;
    }

    @Override
    public boolean hasWeights() {
      return true;
    }

    @Override
    public List<LayerTensor> initialWeights() {
      List<LayerTensor> tensors = new ArrayList<>();
      for (LayerShape layer : layers) {
        tensors.add(tensor(pushes(layer, random.child("weights"))));
      }
      return tensors;
    }

    private static ByteBuffer pushes(LayerShape layer, RandomStream random) {
      SplittableRandom generator = random.child(layer.name()).generator();
      ByteBuffer pushes = values(layer);
      while (pushes.hasRemaining()) {
        pushes.putFloat(generator.nextFloat() - 0.5f);
      }
      return pushes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long iterationsPerEpoch() {
      return 4;
    }

    @Override
    public Training startTraining() {
      return new Pulled(layers, random);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private static final class Pulled implements Training {
    private final List<LayerShape> layers;
    private final RandomStream random;

    /** What is not on the crossbars, as batch normalisation has it: it has to be saved, too. */
    private float trained;

    Pulled(List<LayerShape> layers, RandomStream random) {
      this.layers = layers;
      this.random = random;
    }

    @Override
    public List<LayerTensor> gradients(long iteration, NetworkWeights weights) {
      List<LayerTensor> gradients = new ArrayList<>();
      RandomStream ofIteration = random.child("pushes").child(iteration);
      for (int layer = 0; layer < layers.size(); layer++) {
        ByteBuffer pushes = Source.pushes(layers.get(layer), ofIteration);
        ByteBuffer held = weights.tensor(layer).weights();
        ByteBuffer gradient = values(layers.get(layer));
        for (int at = 0; at < gradient.capacity(); at += Float.BYTES) {
          gradient.putFloat(at, PULL * held.getFloat(at) + pushes.getFloat(at) + trained);
        }
        gradients.add(tensor(gradient));
      }
      trained += gradients.get(0).weights().getFloat(0);
      return gradients;
    }

    @Override
    public TestResult test(NetworkWeights weights) {
      double sum = trained;
      for (int layer = 0; layer < layers.size(); layer++) {
        ByteBuffer held = weights.tensor(layer).weights();
        for (int at = 0; at < held.capacity(); at += Float.BYTES) {
          sum += Math.abs(held.getFloat(at));
        }
      }
      return new TestResult(1, 0, sum);
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeFloat(trained);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      trained = in.readFloat();
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
