package org.sgsars.standalone;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sgsars.model.LayerShape;

/** Shows how layers lie on crossbars. */
final class Layers {
  private static final int SHORTEST_NAME = 24;
  private static final int SOME = 100;

  private Layers() {}

  /** A line for each of the first layers, with its parameters. */
  static void printSome(PrintStream out, List<LayerShape> layers) {
    print(out, layers.subList(0, Math.min(SOME, layers.size())));
    if (layers.size() > SOME) {
      out.printf(Locale.ROOT, "  and %,d more%n", layers.size() - SOME);
    }
  }

  /** A line for each, with its parameters. */
  static void print(PrintStream out, List<LayerShape> layers) {
    for (LayerShape layer : layers) {
      String lies = layer.map().text();
      String parameters =
          layer.parameters().stream()
              .map(p -> p.name() + " " + p.shape())
              .collect(Collectors.joining(", "));
      String line =
          String.format(
              Locale.ROOT,
              "  %-" + SHORTEST_NAME + "s %6d rows x %6d columns  %s%s%s",
              layer.name(),
              layer.rows(),
              layer.columns(),
              lies,
              lies.isEmpty() || parameters.isEmpty() ? "" : ": ",
              parameters);
      out.println(line.stripTrailing());
    }
  }
}
