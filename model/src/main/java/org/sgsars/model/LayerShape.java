package org.sgsars.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One layer's weight matrix as it lies on its own crossbar array: a row per input, a column per
 * output, and the bias, where there is one, as one more row, the last of its group.
 *
 * @param name what the parameters' names share, such as {@code conv1}
 * @param parameters the weight, then the bias if there is one; empty if only the sizes are known
 * @param map how they lie on the array
 * @param rows logical rows R, bias rows included
 * @param columns columns C
 */
public record LayerShape(
    String name, List<ParameterShape> parameters, LayerMap map, int rows, int columns) {
  /**
   * Most logical rows, bias row included: with padding and spare rows an array has fewer than 2^31,
   * and the bytes of a column's float32 values fit one buffer.
   */
  public static final int MAX_ROWS = 1 << 28;

  /** Most columns. */
  public static final int MAX_COLUMNS = 1 << 28;

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

  /** A layer of which only the sizes are known. */
  public LayerShape(String name, int rows, int columns) {
    this(name, List.of(), LayerMap.NONE, rows, columns);
  }

  /**
   * The layer that a map makes of a weight and a bias.
   *
   * @throws IllegalArgumentException if the map does not fit them, or the layer has more rows or
   *     columns than a layer may have
   */
  public static LayerShape of(
      String name, ParameterShape weight, Optional<ParameterShape> bias, LayerMap map) {
    MatrixSizes sizes = MatrixSizes.of(weight, bias, map);
    long rows = map.groups() * (sizes.inputs() + (bias.isPresent() ? 1 : 0));
    if (rows > MAX_ROWS || sizes.columns() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "Parameter %s has %d inputs and %d outputs; allowed: fewer than %d and at most %d"
              .formatted(
                  weight.name(),
                  map.groups() * sizes.inputs(),
                  sizes.columns(),
                  MAX_ROWS,
                  MAX_COLUMNS));
    }
    return new LayerShape(
        name,
        bias.map(b -> List.of(weight, b)).orElse(List.of(weight)),
        map,
        (int) rows,
        (int) sizes.columns());
  }

  /** The weight; empty if only the sizes are known. */
  public Optional<ParameterShape> weight() {
    return parameters.stream().findFirst();
  }

  /** The bias, if there is one. */
  public Optional<ParameterShape> bias() {
    return parameters.stream().skip(1).findFirst();
  }

  /**
   * Whether the last row is a bias, whose values travel beside the others. With groups each has a
   * bias row among its own, and all rows travel alike.
   */
  public boolean hasBias() {
    return parameters.size() > 1 && map.groups() == 1;
  }

  /** Logical rows without a bias that is the last row. */
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
}
