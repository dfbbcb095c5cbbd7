package org.sgsars.source.train;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.FiniteValues;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.Network;
import org.sgsars.source.NetworkWeights;
import org.sgsars.source.SourceException;
import org.sgsars.source.Training;
import org.sgsars.source.TrainingSource;

/** A network and the images it is trained on. */
final class ImageTrainingSource implements TrainingSource {
  /** Makes the network of a training. */
  @FunctionalInterface
  interface Networks {
    Network create() throws SourceException;
  }

  private final String description;
  private final ImageData data;
  private final ImageData.Normalisation normalisation;
  private final int batch;
  private final int testImages;
  private final OptimizerSettings optimizer;
  private final long seed;
  private final Networks networks;
  private final MappedNetwork mapped;
  private final List<String> notices;
  private final List<LayerTensor> initialWeights;

  /**
   * @param batch images of an iteration, at most those to train on
   * @param testImages images that a test takes, at most those there are
   */
  ImageTrainingSource(
      String description,
      ImageData data,
      int batch,
      int testImages,
      OptimizerSettings optimizer,
      long seed,
      Networks networks)
      throws SourceException {
    this.description = description;
    this.data = data;
    this.normalisation = data.normalisation();
    this.batch = batch;
    this.testImages = testImages;
    this.optimizer = optimizer;
    this.seed = seed;
    this.networks = networks;
    try (Network network = networks.create()) {
      this.mapped = MappedNetwork.outputsFirst(network.parameters());
      this.initialWeights = network.initialWeights();
      List<String> allNotices = new ArrayList<>(data.notices());
      allNotices.add(mapped.share());
      this.notices = List.copyOf(allNotices);
    }
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public List<LayerShape> layers() {
    return mapped.layers();
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    return Optional.of(mapped.digital());
  }

  @Override
  public List<String> notices() {
    return notices;
  }

  @Override
  public double weightDecay() {
    return optimizer.weightDecay();
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  @Override
  public List<LayerTensor> initialWeights() {
    return initialWeights;
  }

  @Override
  public long iterationsPerEpoch() {
    return data.training().count() / batch;
  }

  @Override
  public Training startTraining() throws SourceException {
    return new ImageTraining(networks.create());
  }

  @Override
  public void close() {
    // Each training closes its network.
  }

  private final class ImageTraining implements Training {
    private final Network network;
    private final BatchOrder order = new BatchOrder(data.training().count(), batch, seed);
    private final float[] images = new float[batch * data.shape().values()];

    ImageTraining(Network network) {
      this.network = network;
    }

    @Override
    public List<LayerTensor> gradients(long iteration, NetworkWeights weights)
        throws SourceException {
      int[] chosen = order.batch(iteration);
      int[] labels = new int[batch];
      for (int i = 0; i < batch; i++) {
        normalisation.fill(data.training(), chosen[i], images, i);
        labels[i] = data.training().labels()[chosen[i]];
      }
      List<LayerTensor> gradients = network.gradients(images, labels, weights, iteration);
      for (int layer = 0; layer < gradients.size(); layer++) {
        LayerTensor gradient = gradients.get(layer);
        if (FiniteValues.firstNotFinite(gradient.weights()) >= 0
            || FiniteValues.firstNotFinite(gradient.biases()) >= 0) {
          throw new SourceException(
              "the training diverged: a gradient of layer %s is not finite in iteration %d; try a smaller optimizer.learningRate"
                  .formatted(layers().get(layer).name(), iteration));
        }
      }
      return gradients;
    }

    @Override
    public TestResult test(NetworkWeights weights) {
      int correct = 0;
      double loss = 0;
      for (int from = 0; from < testImages; from += batch) {
        // No more at once than fit in training, too.
        int count = Math.min(batch, testImages - from);
        float[] tested = new float[count * data.shape().values()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
          normalisation.fill(data.test(), from + i, tested, i);
          labels[i] = data.test().labels()[from + i];
        }
        TestResult part = network.test(tested, labels, weights);
        correct += part.correct();
        loss += part.loss() * count;
      }
      return new TestResult(testImages, correct, loss / testImages);
    }

    @Override
    public void save(DataOutput out) throws IOException {
      network.save(out);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      network.restore(in);
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
