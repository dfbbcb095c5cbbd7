package org.sgsars.source.external;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sgsars.mapping.LayerRule;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.policy.Setting;
import org.sgsars.source.SourceException;
import org.sgsars.source.TrainingSource;
import org.sgsars.source.TrainingSourcePolicy;
import org.sgsars.source.trace.NetworkFile;

/**
 * A training in a program of its own, which sends what it would change and trains on what the
 * crossbars hold: {@code sgsars.Crossbars} in Python. The program brings layers and optimizer.
 */
public final class ExternalSourcePolicy
    implements TrainingSourcePolicy<ExternalSourcePolicy.Settings> {
  public static final String KIND = "external";

  /** The setting that names the network's file. */
  public static final String LAYERS = "layers";

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String summary() {
    return "Sent by a program that trains a network of its own, on the weights that a scenario's crossbars hold: sgsars.Crossbars in Python.";
  }

  /**
   * Whose training.
   *
   * @param layers the network's
   */
  public record Settings(
      @Setting(
              about =
                  "A layers.json with shapes, such as the program writes; it gives its own where this is left out.",
              absent = "the program's")
          Optional<Path> layers) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public boolean countsEpochs() {
    return false;
  }

  @Override
  public boolean trainsElsewhere() {
    return true;
  }

  @Override
  public TrainingSource open(Settings settings, OptimizerSettings optimizer, long seed)
      throws SourceException {
    return open(settings, optimizer, seed, List.of());
  }

  @Override
  public TrainingSource open(
      Settings settings, OptimizerSettings optimizer, long seed, List<LayerRule> rules)
      throws SourceException {
    Path file =
        settings.layers.orElseThrow(
            () ->
                new SourceException(
                    "its layers come from the program that trains; give them by --layers FILE, or layers: FILE beside it, a layers.json with shapes"));
    NetworkFile network = NetworkFile.read(file);
    try {
      MappedNetwork mapped =
          MappedNetwork.of(network.parameters(), Optional.of(network.table()), rules);
      if (mapped.layers().isEmpty()) {
        throw new SourceException(
            "%s: nothing of it is on crossbars; %s".formatted(file, mapped.share()));
      }
      return new ExternalSource(mapped);
    } catch (IllegalArgumentException e) {
      throw new SourceException(file + ": " + e.getMessage(), e);
    }
  }
}
