package org.sgsars.source.train;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.source.NetworkEngine;
import org.sgsars.source.SourceException;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;

/** Trains a network on images while the run goes. */
public final class TrainSourcePolicy implements TrainingSourcePolicy {
  private static final String NETWORK = "network";
  private static final String DATA = "data";
  private static final String BATCH = "batch";
  private static final String TEST_IMAGES = "testImages";
  private static final String THREADS = "threads";

  /** More than any set of images that is read whole has. */
  private static final long MOST_IMAGES = 100_000_000;

  private static final long MOST_THREADS = 1024;

  @Override
  public String kind() {
    return "train";
  }

  @Override
  public String summary() {
    return "Trains a network on images, on the weights that a scenario's crossbars hold.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.choice(
            NETWORK,
            "cnn",
            List.of("mlp", "lenet", "cnn", "resnet-20", "resnet-32", "resnet-56", "resnet-50"),
            "The network."),
        Parameter.path(DATA, "A folder of images: IDX, CIFAR-10 or an image folder."),
        Parameter.wholeNumber(BATCH, 32, 1, MOST_IMAGES, "images", "Images of an iteration."),
        Parameter.optionalWholeNumber(
            TEST_IMAGES,
            1,
            MOST_IMAGES,
            "images",
            "Images that a test of accuracy takes; all if left out."),
        Parameter.wholeNumber(
            THREADS,
            1,
            1,
            MOST_THREADS,
            "threads",
            "Threads that compute; another number rounds differently."));
  }

  /** Whether there is something on the class path to train with. */
  public static boolean hasEngine() {
    return ServiceLoader.load(NetworkEngine.class).stream().findAny().isPresent();
  }

  @Override
  public TrainingSource open(Settings settings, OptimizerSettings optimizer, long seed)
      throws SourceException {
    NetworkEngine engine =
        ServiceLoader.load(NetworkEngine.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new SourceException(
                        "training needs the module pytorch-training on the class path, which is not there: docs/TRAINING.md says how to get it"));
    ImageData data = ImageFiles.read(Path.of(settings.text(DATA)));
    int batch = settings.wholeNumber(BATCH);
    if (batch > data.training().count()) {
      throw new SourceException(
          "batch: %d is more than the %d images to train on"
              .formatted(batch, data.training().count()));
    }
    String network = settings.text(NETWORK);
    int tested = data.test().count();
    if (settings.has(TEST_IMAGES)) {
      tested = Math.min(tested, settings.wholeNumber(TEST_IMAGES));
    }
    String description =
        "training of %s on %d images of %s (%s), batch %d, tested with %d"
            .formatted(
                network, data.training().count(), data.shape(), data.format(), batch, tested);
    return new TrainSource(
        description,
        data,
        batch,
        tested,
        optimizer,
        seed,
        () ->
            engine.create(
                network,
                data.shape(),
                data.classes().size(),
                optimizer,
                seed,
                settings.wholeNumber(THREADS)));
  }
}
