package org.sgsars.producer.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.experiment.FileProblem;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.ParameterShape;
import org.sgsars.producer.core.FiniteValues;
import org.sgsars.producer.core.GradientSource;
import org.sgsars.producer.core.LayerTensor;
import org.sgsars.producer.core.SourceException;

/**
 * A folder with one safetensors file per iteration, named by its number from 0: {@code
 * 000000.safetensors} and so on, and perhaps {@code initial-weights.safetensors}.
 */
final class SafetensorsFolder implements GradientSource {
  private static final String SUFFIX = ".safetensors";
  private static final String WEIGHT_DECAY = "weight_decay";

  private final Path folder;
  private final List<Path> files;
  private final List<ParameterShape> parameters;
  private final Set<String> names;
  private final List<LayerShape> layers;
  private final double weightDecay;
  private int next;

  /**
   * @throws SourceException if there are no iterations, one is missing, or the first is unusable
   */
  SafetensorsFolder(Path folder) throws SourceException {
    this.folder = folder;
    this.files = iterations(folder);
    SafetensorsFile first = SafetensorsFile.read(files.get(0));
    this.parameters = first.parameters();
    this.names = first.names();
    this.layers = layers(parameters, files.get(0));
    if (layers.isEmpty()) {
      throw new SourceException(
          "%s holds no weight of two or more dimensions named NAME.weight; found %s"
              .formatted(files.get(0), parameters.stream().map(ParameterShape::name).toList()));
    }
    for (LayerShape layer : layers) {
      for (ParameterShape parameter : layer.parameters()) {
        first.check(parameter);
      }
    }
    this.weightDecay = weightDecay(first.metadata(), files.get(0));
  }

  private static List<LayerShape> layers(List<ParameterShape> parameters, Path file)
      throws SourceException {
    try {
      return LayerShape.of(parameters);
    } catch (IllegalArgumentException e) {
      throw new SourceException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Path> iterations(Path folder) throws SourceException {
    TreeMap<Long, Path> numbered = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("\\d{1,18}\\.safetensors")) {
          long number = Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
          Path other = numbered.put(number, file);
          if (other != null) {
            throw new SourceException(
                "%s and %s are both iteration %d".formatted(other, file, number));
          }
        }
      }
    } catch (IOException e) {
      throw new SourceException(
          "Folder %s cannot be read: %s".formatted(folder, FileProblem.reason(e)), e);
    }
    if (numbered.isEmpty()) {
      throw new SourceException(
          "Folder " + folder + " holds no iterations; expected files such as 000000.safetensors");
    }
    long expected = 0;
    for (Map.Entry<Long, Path> entry : numbered.entrySet()) {
      if (entry.getKey() != expected) {
        throw new SourceException(
            "%s: iteration %d is missing; %s comes next"
                .formatted(folder, expected, entry.getValue().getFileName()));
      }
      expected++;
    }
    return List.copyOf(numbered.values());
  }

  private static double weightDecay(Map<String, String> metadata, Path file)
      throws SourceException {
    String text = metadata.getOrDefault(WEIGHT_DECAY, "0");
    try {
      double value = Double.parseDouble(text);
      if (TraceFile.isWeightDecay(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, together with the numbers that are not allowed.
    }
    throw new SourceException(
        "%s: metadata %s is '%s'; allowed: a number from 0 to 1"
            .formatted(file, WEIGHT_DECAY, text));
  }

  @Override
  public String description() {
    return "safetensors folder " + folder.getFileName();
  }

  @Override
  public OptionalLong iterations() {
    return OptionalLong.of(files.size());
  }

  @Override
  public List<LayerShape> layers() {
    return layers;
  }

  @Override
  public List<String> notices() {
    Set<String> onCrossbars = new HashSet<>();
    layers.forEach(layer -> layer.parameters().forEach(p -> onCrossbars.add(p.name())));
    List<String> left = names.stream().filter(n -> !onCrossbars.contains(n)).toList();
    return left.isEmpty() ? List.of() : List.of("not on crossbars, left out: " + left);
  }

  @Override
  public double weightDecay() {
    return weightDecay;
  }

  private Path weightsFile() {
    return folder.resolve("initial-weights" + SUFFIX);
  }

  @Override
  public boolean hasWeights() {
    return Files.isRegularFile(weightsFile());
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    // What else the file holds, such as running means, has no gradients and is not asked for.
    return tensors(SafetensorsFile.read(weightsFile()), weightsFile());
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    return next == files.size() ? null : iteration(files.get(next++));
  }

  private List<LayerTensor> iteration(Path path) throws SourceException {
    SafetensorsFile file = SafetensorsFile.read(path);
    if (!Set.copyOf(file.parameters()).equals(Set.copyOf(parameters))) {
      for (ParameterShape parameter : parameters) {
        file.check(parameter);
      }
      throw new SourceException(
          "%s: holds tensors that %s does not: %s"
              .formatted(
                  path,
                  files.get(0).getFileName(),
                  file.parameters().stream()
                      .filter(p -> !parameters.contains(p))
                      .map(ParameterShape::name)
                      .toList()));
    }
    return tensors(file, path);
  }

  private List<LayerTensor> tensors(SafetensorsFile file, Path path) throws SourceException {
    List<LayerTensor> tensors = new ArrayList<>(layers.size());
    for (LayerShape layer : layers) {
      ByteBuffer weights = finite(file, layer.parameters().get(0), path);
      ByteBuffer biases =
          layer.hasBias() ? finite(file, layer.parameters().get(1), path) : ByteBuffer.allocate(0);
      tensors.add(new LayerTensor(weights, biases));
    }
    return tensors;
  }

  private static ByteBuffer finite(SafetensorsFile file, ParameterShape parameter, Path path)
      throws SourceException {
    ByteBuffer values = file.values(parameter);
    int index = FiniteValues.firstNotFinite(values);
    if (index >= 0) {
      throw new SourceException(
          "%s: tensor %s has %s at index %d; only finite values can be replayed"
              .formatted(path, parameter.name(), values.getFloat(4 * index), index));
    }
    return values;
  }

  @Override
  public void close() {
    // Every file is read whole and closed at once.
  }
}
