package org.sgsars.contract.model;

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
  private static final String WEIGHT = ".weight";

  public LayerShape {
    parameters = List.copyOf(parameters);
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "Layer " + name + " is " + rows + " x " + columns + "; both must be at least 1");
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
   * @throws IllegalArgumentException if two layers have the same name or one has more rows than
   *     2^31 - 1
   */
  public static List<LayerShape> of(List<ParameterShape> parameters) {
    Map<String, ParameterShape> byName = new LinkedHashMap<>();
    parameters.forEach(parameter -> byName.put(parameter.name(), parameter));
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
    if (inputs >= Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Parameter %s has %d inputs; a layer has fewer than 2^31 - 1 rows"
              .formatted(weight.name(), inputs));
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
