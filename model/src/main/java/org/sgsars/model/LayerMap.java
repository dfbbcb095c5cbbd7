package org.sgsars.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * How a layer's weight and bias lie on its array. Row r of the matrix is position r among the
 * inputs, column c position c among the outputs, both counted over their axes in the weight's
 * order. With groups the rows of a group stand together, its bias row behind them, and hold the
 * outputs of that group only.
 *
 * @param kind what the layer is, for people, such as {@code Conv2d}; empty if nothing says it
 * @param axes of the weight, one per dimension, outermost first; empty for a layer of which only
 *     rows and columns are known
 * @param groups parts with inputs and outputs of their own, into which the first axis is cut, at
 *     least 1
 * @param biasFrom index of the layer's first value in a bias tensor that several layers share;
 *     empty if the tensor is the layer's alone
 */
public record LayerMap(String kind, List<Axis> axes, int groups, OptionalInt biasFrom) {
  /** Of a layer of which only rows and columns are known. */
  public static final LayerMap NONE = new LayerMap("", List.of(), 1, OptionalInt.empty());

  /** How {@link #axes(String)} are written, for messages. */
  public static final String AXES_RULE =
      "'in' and 'out', at least one of each, with '-' between, one for each dimension of the weight, of which the last counts for all that follow, such as out-in";

  /**
   * @throws IllegalArgumentException if groups are fewer than 1, the bias begins before its tensor,
   *     or axes are all of one kind
   */
  public LayerMap {
    axes = List.copyOf(axes);
    if (groups < 1 || biasFrom.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "A layer of %d groups whose bias begins at %d; allowed: at least 1 group, at least 0"
              .formatted(groups, biasFrom.orElse(0)));
    }
    if (!axes.isEmpty() && (!axes.contains(Axis.IN) || !axes.contains(Axis.OUT))) {
      throw new IllegalArgumentException(
          "A weight has the axes %s; allowed: at least one in and one out".formatted(text(axes)));
    }
    if (!PlainText.isPlain(kind)) {
      throw new IllegalArgumentException(
          "Kind '%s' of a layer holds control characters".formatted(PlainText.of(kind)));
    }
  }

  /** Outputs first, as most modules of PyTorch have it: (out, in, ...). */
  public static LayerMap outIn(String kind, int dimensions) {
    return of(kind, "out-in", dimensions);
  }

  /** Inputs first, as embeddings and transposed convolutions have it: (in, out, ...). */
  public static LayerMap inOut(String kind, int dimensions) {
    return of(kind, "in-out", dimensions);
  }

  private static LayerMap of(String kind, String axes, int dimensions) {
    return new LayerMap(kind, axes(axes, dimensions), 1, OptionalInt.empty());
  }

  /** The same in so many groups. */
  public LayerMap inGroups(int count) {
    return new LayerMap(kind, axes, count, biasFrom);
  }

  /** The same with a bias that begins inside a tensor that several layers share. */
  public LayerMap biasFrom(int index) {
    return new LayerMap(kind, axes, groups, OptionalInt.of(index));
  }

  /**
   * The axes that a text such as {@code out-in} names.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static List<Axis> axes(String text) {
    List<Axis> axes = new ArrayList<>();
    for (String word : text.split("-", -1)) {
      switch (word) {
        case "in" -> axes.add(Axis.IN);
        case "out" -> axes.add(Axis.OUT);
        default -> throw notAllowed(text);
      }
    }
    if (!axes.contains(Axis.IN) || !axes.contains(Axis.OUT)) {
      throw notAllowed(text);
    }
    return axes;
  }

  private static IllegalArgumentException notAllowed(String text) {
    return new IllegalArgumentException(
        "axes '%s' are not allowed; allowed: %s".formatted(PlainText.of(text), AXES_RULE));
  }

  /**
   * The axes of a weight that a text such as {@code out-in} names.
   *
   * @param dimensions of the weight
   * @throws IllegalArgumentException if the text is something else, or has more axes than the
   *     weight dimensions
   */
  public static List<Axis> axes(String text, int dimensions) {
    List<Axis> axes = axes(text);
    if (axes.size() > dimensions) {
      throw new IllegalArgumentException(
          "axes '%s' are %d, but the weight has %d dimensions"
              .formatted(text, axes.size(), dimensions));
    }
    while (axes.size() < dimensions) {
      axes.add(axes.get(axes.size() - 1));
    }
    return axes;
  }

  /** The axes as {@link #axes(String, int)} reads them, as short as can be; empty without any. */
  public String axesText() {
    int count = axes.size();
    while (count > 2 && axes.get(count - 1) == axes.get(count - 2)) {
      count--;
    }
    return text(axes.subList(0, count));
  }

  /**
   * The map in one line, for people: {@code Conv2d, out-in, 32 groups}. Empty if only rows and
   * columns are known.
   */
  public String text() {
    return axes.isEmpty()
        ? kind
        : (kind.isEmpty() ? "" : kind + ", ")
            + axesText()
            + (groups > 1 ? ", %d groups".formatted(groups) : "");
  }

  private static String text(List<Axis> axes) {
    return axes.stream()
        .map(axis -> axis.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("-"));
  }
}
