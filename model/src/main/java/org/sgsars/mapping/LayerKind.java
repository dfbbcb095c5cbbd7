package org.sgsars.mapping;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sgsars.model.ParameterShape;

/** How the weights of PyTorch's modules lie, by the name of the module. */
final class LayerKind {
  private static final String OUT_IN = "out-in";
  private static final String IN_OUT = "in-out";
  private static final String DIGITAL = "";

  private static final Map<String, String> AXES = new TreeMap<>();

  static {
    put(
        OUT_IN,
        "Linear",
        "Bilinear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "RNN",
        "LSTM",
        "GRU",
        "RNNCell",
        "LSTMCell",
        "GRUCell",
        "MultiheadAttention");
    put(
        IN_OUT,
        "Conv1D",
        "ConvTranspose1d",
        "ConvTranspose2d",
        "ConvTranspose3d",
        "Embedding",
        "EmbeddingBag");
    put(
        DIGITAL,
        "BatchNorm1d",
        "BatchNorm2d",
        "BatchNorm3d",
        "SyncBatchNorm",
        "LayerNorm",
        "GroupNorm",
        "InstanceNorm1d",
        "InstanceNorm2d",
        "InstanceNorm3d",
        "RMSNorm",
        "PReLU");
  }

  private LayerKind() {}

  private static void put(String axes, String... kinds) {
    for (String kind : kinds) {
      AXES.put(kind, axes);
    }
  }

  static boolean isKnown(String kind) {
    return AXES.containsKey(kind);
  }

  /** Its axes, as a rule writes them; empty if it is not on crossbars. */
  static Optional<String> axes(String kind) {
    return Optional.ofNullable(AXES.get(kind)).filter(axes -> !axes.equals(DIGITAL));
  }

  static List<String> all() {
    return List.copyOf(AXES.keySet());
  }

  /** Those of which a weight lies on crossbars. */
  static List<String> onCrossbars() {
    return AXES.keySet().stream().filter(kind -> axes(kind).isPresent()).toList();
  }

  /**
   * A module's weight has as many dimensions as it says.
   *
   * @throws IllegalArgumentException if it has others
   */
  static void requireDimensions(String kind, ParameterShape weight) {
    boolean isConvolution = kind.matches("Conv(Transpose)?[123]d");
    int wanted =
        isConvolution ? kind.charAt(kind.length() - 2) - '0' + 2 : kind.equals("Bilinear") ? 3 : 2;
    if (axes(kind).isPresent() && weight.shape().size() != wanted) {
      throw new IllegalArgumentException(
          "the weight of a %s has %d dimensions, but %s is %s"
              .formatted(kind, wanted, weight.name(), weight.shape()));
    }
  }

  /** The module whose weight has so many dimensions, outputs first. */
  static String outIn(int dimensions) {
    return dimensions == 2 ? "Linear" : "Conv%dd".formatted(dimensions - 2);
  }

  /** The module whose weight has so many dimensions, inputs first. */
  static String inOut(int dimensions) {
    return dimensions == 2 ? "Conv1D" : "ConvTranspose%dd".formatted(dimensions - 2);
  }
}
