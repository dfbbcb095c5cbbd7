package org.sgsars.source.selections;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.sgsars.failure.Memory;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;
import org.sgsars.random.RandomStream;
import org.sgsars.source.SelectionSource;
import org.sgsars.source.SelectionSourcePolicy;

/**
 * Synthetic selections by a list of shapes: every layer selects one row per iteration, each row as
 * often as its weight says, and weights are log-normal.
 *
 * <p>The default spread is fitted to 6,800 real selections of SGS-max in ResNet-50
 * (traces/resnet50-selected-rows.csv.gz): in half of its layers the selections spread as over 77 %
 * of the rows or more (exp of their entropy / rows), which a log-normal of spread s does at
 * exp(-s²/2). It then gives the most selected tenth of the rows 29 % of the selections; the real
 * ones do 27 %. Rows that are never selected, as where a feature map has a single pixel, and the
 * order of selections are not modelled.
 */
public final class SkewedSourcePolicy
    implements SelectionSourcePolicy<SkewedSourcePolicy.Settings> {
  /** Weight, threshold, alias, the lists by which they are filled, and a selection of one row. */
  private static final long BYTES_PER_ROW = 72;

  @Override
  public String kind() {
    return "skewed";
  }

  @Override
  public String summary() {
    return "For the bench: synthetic selections of such layers, one row per layer and iteration, by log-normal row weights.";
  }

  /**
   * Which layers, and how skewed.
   *
   * @param layers whose rows are selected
   * @param spread standard deviation of ln(weight)
   */
  public record Settings(
      @Setting(
              about =
                  "The layers: a list of {name, rows, columns}, or the path of a YAML or JSON file with one; every name once.")
          List<LayerShape> layers,
      @Setting(
              about =
                  "How much rows differ in how often they are selected; the default is fitted to ResNet-50.",
              unit = "standard deviation of ln(weight)",
              above = 0,
              most = 10,
              fallback = "0.72")
          double spread) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public SelectionSource openSelections(Settings settings, long seed) {
    List<LayerShape> layers = settings.layers;
    double spread = settings.spread;
    List<WeightedRows> rows = new ArrayList<>();
    long allRows = layers.stream().mapToLong(LayerShape::rows).sum();
    Memory.requireRoom(
        BYTES_PER_ROW * allRows, "selections of %d rows in all layers".formatted(allRows));
    for (LayerShape layer : layers) {
      rows.add(
          new WeightedRows(
              layer.rows(), spread, RandomStream.of(seed, "skewed").child(layer.name())));
    }
    return new SelectionSource() {
      @Override
      public String description() {
        return "synthetic selections, log-normal row weights of spread " + spread;
      }

      @Override
      public List<LayerShape> layers() {
        return layers;
      }

      @Override
      public Selection.Rows rows(int layer, long iteration) {
        return rows.get(layer).at(iteration);
      }
    };
  }

  /** Draws rows by their weights in constant time (Walker's alias method). */
  private static final class WeightedRows {
    private final RandomStream iterations;
    private final double[] threshold;
    private final int[] alias;
    private final Selection.Rows[] selections;

    WeightedRows(int rows, double spread, RandomStream layer) {
      this.iterations = layer.child("iterations");
      this.threshold = new double[rows];
      this.alias = new int[rows];
      this.selections = new Selection.Rows[rows];
      SplittableRandom random = layer.child("weights").generator();
      double[] weights = new double[rows];
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        selections[row] = new Selection.Rows(new int[] {row});
        weights[row] = StrictMath.exp(spread * gaussian(random));
        sum += weights[row];
      }
      fill(weights, sum / rows);
    }

    /** Box and Muller, in StrictMath, so that it is the same on every machine. */
    private static double gaussian(SplittableRandom random) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    private void fill(double[] weights, double mean) {
      int[] small = new int[weights.length];
      int[] large = new int[weights.length];
      int smalls = 0;
      int larges = 0;
      for (int row = 0; row < weights.length; row++) {
        threshold[row] = weights[row] / mean;
        alias[row] = row;
        if (threshold[row] < 1) {
          small[smalls++] = row;
        } else {
          large[larges++] = row;
        }
      }
      while (smalls > 0 && larges > 0) {
        int less = small[--smalls];
        int more = large[larges - 1];
        alias[less] = more;
        threshold[more] -= 1 - threshold[less];
        if (threshold[more] < 1) {
          larges--;
          small[smalls++] = more;
        }
      }
      while (smalls > 0) {
        threshold[small[--smalls]] = 1;
      }
    }

    Selection.Rows at(long iteration) {
      SplittableRandom random = iterations.child(iteration).generator();
      int row = random.nextInt(threshold.length);
      return selections[random.nextDouble() < threshold[row] ? row : alias[row]];
    }
  }
}
