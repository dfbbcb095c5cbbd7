package org.sgsars.source.train;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.policy.Setting;
import org.sgsars.policy.SettingsType;
import org.sgsars.source.NetworkEngine;
import org.sgsars.source.SourceException;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;

/** Trains a network on images while the run goes. */
public final class ImageTrainingSourcePolicy
    implements TrainingSourcePolicy<ImageTrainingSourcePolicy.Settings> {
  @Override
  public String kind() {
    return "train";
  }

  @Override
  public String summary() {
    return "Trains a network on images meanwhile, on the weights that a scenario's crossbars hold.";
  }

  /**
   * What is trained, on what.
   *
   * @param network which one
   * @param data a folder of images
   * @param batch images of an iteration
   * @param testImages images of a test
   * @param threads that compute
   */
  public record Settings(
      @Setting(about = "The network.", fallback = "cnn") NetworkName network,
      @Setting(about = "A folder of images: IDX, CIFAR-10 or an image folder.") Path data,
      @Setting(
              about = "Images of an iteration.",
              unit = "images",
              least = 1,
              most = 100_000_000,
              fallback = "32")
          int batch,
      @Setting(
              about = "Images that a test of accuracy takes.",
              unit = "images",
              least = 1,
              most = 100_000_000,
              absent = "all")
          OptionalInt testImages,
      @Setting(
              about = "Threads that compute; another number rounds differently.",
              unit = "threads",
              least = 1,
              most = 1024,
              fallback = "1")
          int threads) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The networks there are. */
  public enum NetworkName {
    MLP,
    LENET,
    CNN,
    RESNET_20,
    RESNET_32,
    RESNET_56,
    RESNET_50
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
    ImageData data = ImageFiles.read(settings.data);
    int batch = settings.batch;
    if (batch > data.training().count()) {
      throw new SourceException(
          "batch: %d is more than the %d images to train on"
              .formatted(batch, data.training().count()));
    }
    String network = SettingsType.key(settings.network);
    int all = data.test().count();
    int tested = Math.min(all, settings.testImages.orElse(all));
    String description =
        "training of %s on %d images of %s (%s), batch %d, tested with %d"
            .formatted(
                network, data.training().count(), data.shape(), data.format(), batch, tested);
    return new ImageTrainingSource(
        description,
        data,
        batch,
        tested,
        optimizer,
        seed,
        () ->
            engine.create(
                network, data.shape(), data.classes().size(), optimizer, seed, settings.threads));
  }
}
