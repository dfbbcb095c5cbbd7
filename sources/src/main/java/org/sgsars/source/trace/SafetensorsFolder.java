package org.sgsars.source.trace;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.mapping.LayerRule;
import org.sgsars.mapping.LayerTable;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.FiniteValues;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerRulesException;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.MatrixLayout;
import org.sgsars.source.SourceException;

/**
 * A folder with one safetensors file per iteration, named by its number from 0: {@code
 * 000000.safetensors} and so on, and perhaps {@code initial-weights.safetensors} and {@code
 * layers.json}.
 */
final class SafetensorsFolder implements GradientSource {
  private static final String WEIGHT_DECAY = "weight_decay";

  private final Path folder;
  private final MissingGradients missing;
  private final IterationFiles files;
  private final MappedNetwork network;
  private final List<MatrixLayout> layouts;
  private final List<String> notices;
  private final double weightDecay;
  private final SafetensorsFile.LastHeader lastHeader = new SafetensorsFile.LastHeader();
  private int next;

  /**
   * Opens a folder. The headers of all its files are read, and their lengths checked, so that what
   * is not whole or does not fit is known before anything starts.
   *
   * @param rules what somebody says of its layers, whatever the folder says
   * @throws SourceException if there are no iterations, a file is unusable, or it cannot be told
   *     how a layer lies
   */
  SafetensorsFolder(Path folder, MissingGradients missing, List<LayerRule> rules)
      throws SourceException {
    this.folder = folder;
    this.missing = missing;
    this.files = IterationFiles.in(folder);
    Path first = files.iterations().get(0);
    FolderTensors tensors = new FolderTensors(missing);
    double decay = 0;
    for (Path path : files.iterations()) {
      try (SafetensorsFile file = SafetensorsFile.open(path, lastHeader)) {
        tensors.add(path, file);
        decay = path == first ? weightDecay(file.header().metadata(), path) : decay;
      }
    }
    if (files.weights().isPresent()) {
      weights().close();
    }
    this.weightDecay = decay;
    Optional<LayerTable> table =
        files.layers().isPresent()
            ? Optional.of(LayerTableFile.read(files.layers().get()))
            : Optional.empty();
    this.network = map(tensors.parameters(), table, rules, first);
    if (network.layers().isEmpty()) {
      throw new SourceException(
          "%s holds %s; found %s"
              .formatted(
                  first,
                  table
                      .map(of -> "no gradient of a weight that " + of.place() + " lists")
                      .orElse("no weight of two or more dimensions named NAME.weight"),
                  Names.of(tensors.parameters().stream().map(ParameterShape::name).toList())));
    }
    this.layouts = network.layers().stream().map(MatrixLayout::new).toList();
    tensors.requireGradients(network.layers());
    TraceMemory.requireFitting(first, network.layers());
    this.notices = notices(tensors, table.isPresent());
  }

  private static MappedNetwork map(
      List<ParameterShape> parameters, Optional<LayerTable> table, List<LayerRule> rules, Path file)
      throws SourceException {
    try {
      return MappedNetwork.of(parameters, table, rules);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw LayerRulesException.of(file.toString(), e);
    }
  }

  private static double weightDecay(Map<String, String> metadata, Path file)
      throws SourceException {
    String text = metadata.getOrDefault(WEIGHT_DECAY, "0");
    try {
      double value = Double.parseDouble(text);
      if (TraceFormat.isWeightDecay(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, together with the numbers that are not allowed.
    }
    throw new SourceException(
        "%s: metadata %s is '%s'; allowed: a number from 0 to 1"
            .formatted(file, WEIGHT_DECAY, text));
  }

  private List<String> notices(FolderTensors tensors, boolean isListed) {
    List<String> all = new ArrayList<>();
    if (!isListed) {
      all.add(
          "how layers lie on crossbars is inferred from names and shapes, as there is no layers.json");
    }
    all.addAll(network.notices());
    tensors.missingOf(network.layers()).ifPresent(all::add);
    all.addAll(files.notices());
    return List.copyOf(all);
  }

  @Override
  public String description() {
    return "safetensors folder " + folder.getFileName();
  }

  @Override
  public OptionalLong iterations() {
    return OptionalLong.of(files.iterations().size());
  }

  @Override
  public List<LayerShape> layers() {
    return network.layers();
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    return Optional.of(network.digital());
  }

  @Override
  public List<String> notices() {
    return notices;
  }

  @Override
  public double weightDecay() {
    return weightDecay;
  }

  @Override
  public boolean hasWeights() {
    return files.weights().isPresent();
  }

  private SafetensorsFile weights() throws SourceException {
    Path path =
        files
            .weights()
            .orElseThrow(() -> new SourceException(folder + " holds no initial weights"));
    return SafetensorsFile.open(path, new SafetensorsFile.LastHeader());
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    // What else the file holds, such as running means, has no gradients and is not asked for.
    try (SafetensorsFile file = weights()) {
      return tensors(file, files.weights().orElseThrow(), false);
    }
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    if (next == files.iterations().size()) {
      return null;
    }
    Path path = files.iterations().get(next++);
    try (SafetensorsFile file = SafetensorsFile.open(path, lastHeader)) {
      return tensors(file, path, missing == MissingGradients.ZERO);
    }
  }

  @Override
  public boolean rewind() {
    next = 0;
    return true;
  }

  private List<LayerTensor> tensors(SafetensorsFile file, Path path, boolean isMissingZero)
      throws SourceException {
    TraceMemory.requireRoom(path, network.layers(), Runtime.getRuntime().maxMemory());
    List<LayerTensor> tensors = new ArrayList<>(layouts.size());
    for (int i = 0; i < layouts.size(); i++) {
      LayerShape layer = network.layers().get(i);
      ByteBuffer weights = finite(file, layer.weight().orElseThrow(), path, isMissingZero);
      ByteBuffer biases =
          layer.bias().isPresent()
              ? finite(file, layer.bias().get(), path, isMissingZero)
              : ByteBuffer.allocate(0);
      tensors.add(layouts.get(i).toMatrix(weights, biases));
    }
    return tensors;
  }

  private static ByteBuffer finite(
      SafetensorsFile file, ParameterShape parameter, Path path, boolean isMissingZero)
      throws SourceException {
    if (isMissingZero && !file.has(parameter)) {
      return ByteBuffer.allocate(Math.toIntExact(4 * parameter.elements()));
    }
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
    // Every file is closed as soon as it is read.
  }
}
