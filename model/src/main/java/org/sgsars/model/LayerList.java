package org.sgsars.model;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Layers by name, rows and columns as one text, so that a setting can hold them. */
public final class LayerList {
  private static final Pattern LINE = Pattern.compile("(.*)\t([0-9]+)\t([0-9]+)");

  private LayerList() {}

  /** A line per layer. */
  public static String toText(List<LayerShape> layers) {
    return layers.stream()
        .map(layer -> layer.name() + "\t" + layer.rows() + "\t" + layer.columns())
        .collect(Collectors.joining("\n"));
  }

  /**
   * What {@link #toText} wrote. The layers have no parameters by name.
   *
   * @throws IllegalArgumentException if it is something else, or two layers have the same name
   */
  public static List<LayerShape> fromText(String text) {
    List<LayerShape> layers = text.lines().map(LayerList::layer).toList();
    LayerShape.requireOwnNames(layers);
    return layers;
  }

  private static LayerShape layer(String line) {
    var matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Not a layer's name, rows and columns: " + line);
    }
    return new LayerShape(
        matcher.group(1),
        size(matcher.group(2), LayerShape.MAX_ROWS, line),
        size(matcher.group(3), LayerShape.MAX_COLUMNS, line));
  }

  private static int size(String digits, int most, String line) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s is too large in the layer '%s'; allowed: 1 to %d"
              .formatted(digits, line.replace('\t', ' '), most),
          e);
    }
  }
}
