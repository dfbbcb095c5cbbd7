package org.sgsars.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One layer's weight matrix as it lies on its own crossbar array: a row per input, a column per
 * output, and the bias, where there is one, as the last row.
 *
 * @param name what the parameters' names share, such as {@code conv1}
 * @param parameters the weight, then the bias if there is one
 * @param rows logical rows R, bias row included
 * @param columns columns C
 */
public record LayerShape(String name, List<ParameterShape> parameters, int rows, int columns) {
  /**
   * Most logical rows, bias row included: with padding and spare rows an array has fewer than 2^31,
   * and the bytes of a column's float32 values fit one buffer.
   */
  public static final int MAX_ROWS = 1 << 28;

  /** Most columns. */
  public static final int MAX_COLUMNS = 1 << 28;

  private static final String WEIGHT = ".weight";

  /**
   * @throws IllegalArgumentException if a size is not allowed
   */
  public LayerShape {
    parameters = List.copyOf(parameters);
    if (rows < 1 || rows > MAX_ROWS || columns < 1 || columns > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "Layer %s has %d rows and %d columns; allowed: 1 to %d rows and 1 to %d columns"
              .formatted(name, rows, columns, MAX_ROWS, MAX_COLUMNS));
    }
  }

  /** Whether the last row is a bias. */
  public boolean hasBias() {
    return parameters.size() > 1;
  }

  /** Logical rows without the bias: the inputs of one output. */
  public int inputs() {
    return hasBias() ? rows - 1 : rows;
  }

  /** Weights and biases, R x C. */
  public long cells() {
    return (long) rows * columns;
  }

  /** Rows of the array in crossbars of {@code crossbarSize} rows: R padded up to a multiple. */
  public int physicalRows(int crossbarSize) {
    return Math.multiplyExact(crossbarSize, (rows + crossbarSize - 1) / crossbarSize);
  }

  /**
   * The layers among {@code parameters}, in the order of their weights: a weight of two or more
   * dimensions (out, in, ...) and the bias (out) of the same name. Whatever else there is, such as
   * batch normalisation, is not on crossbars and is left out.
   *
   * @throws IllegalArgumentException if two parameters or two layers have the same name, or one has
   *     more rows or columns than a layer may have
   */
  public static List<LayerShape> of(List<ParameterShape> parameters) {
    Map<String, ParameterShape> byName = new LinkedHashMap<>();
    for (ParameterShape parameter : parameters) {
      ParameterShape other = byName.put(parameter.name(), parameter);
      if (other != null) {
        throw new IllegalArgumentException(
            "Two parameters are named %s, of shapes %s and %s"
                .formatted(parameter.name(), other.shape(), parameter.shape()));
      }
    }
    List<LayerShape> layers = new ArrayList<>();
    for (ParameterShape weight : parameters) {
      if (weight.shape().size() < 2 || !isWeight(weight.name())) {
        continue;
      }
      String layer = layerName(weight.name());
      int columns = weight.shape().get(0);
      int inputs = fitting(weight.elements() / columns, weight);
      Optional<ParameterShape> bias =
          Optional.ofNullable(byName.get(biasName(weight.name())))
              .filter(b -> b.shape().equals(List.of(columns)));
      layers.add(
          new LayerShape(
              layer.isEmpty() ? "weight" : layer,
              bias.map(b -> List.of(weight, b)).orElse(List.of(weight)),
              bias.isPresent() ? inputs + 1 : inputs,
              columns));
    }
    requireOwnNames(layers);
    return List.copyOf(layers);
  }

  /**
   * Layers are told apart by their names.
   *
   * @throws IllegalArgumentException if two have the same
   */
  public static void requireOwnNames(List<LayerShape> layers) {
    Map<String, LayerShape> byName = new LinkedHashMap<>();
    for (LayerShape layer : layers) {
      LayerShape other = byName.put(layer.name(), layer);
      if (other != null) {
        throw new IllegalArgumentException(
            "Two layers are named %s: those of %s and %s"
                .formatted(layer.name(), other.firstName(), layer.firstName()));
      }
    }
  }

  private String firstName() {
    return parameters.isEmpty() ? name : parameters.get(0).name();
  }

  private static int fitting(long inputs, ParameterShape weight) {
    // One more for a bias.
    if (inputs >= MAX_ROWS) {
      throw new IllegalArgumentException(
          "Parameter %s has %d inputs; allowed: fewer than %d"
              .formatted(weight.name(), inputs, MAX_ROWS));
    }
    return (int) inputs;
  }

  private static String biasName(String weight) {
    return weight.substring(0, weight.length() - "weight".length()) + "bias";
  }

  private static boolean isWeight(String parameter) {
    return parameter.endsWith(WEIGHT) || parameter.equals("weight");
  }

  private static String layerName(String weight) {
    return weight.endsWith(WEIGHT) ? weight.substring(0, weight.length() - WEIGHT.length()) : "";
  }
}
