package org.sgsars.sparsifier;

import java.util.Arrays;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;

/**
 * Conventional gradient sparsification: writes the given share of a layer's cells, those with the
 * largest accumulated magnitude. Among equals the lowest row, then the lowest column.
 *
 * <p>The number of cells is ratio * cells rounded to the nearest whole number, at least 1.
 */
public final class TopKSparsifier implements SparsifierPolicy<TopKSparsifier.Settings> {
  @Override
  public String kind() {
    return "top-k";
  }

  @Override
  public String summary() {
    return "Writes the cells of largest magnitude.";
  }

  /**
   * How much is written.
   *
   * @param ratio share of a layer's cells
   * @param quantization of how many bits weights are
   */
  public record Settings(
      @Setting(
              about = "How much is written: ratio × cells of the layer, rounded, at least 1.",
              unit = "share of a layer's cells",
              above = 0,
              most = 1,
              fallback = "0.001")
          double ratio,
      QuantizationSettings quantization)
      implements SparsifierSettings {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public boolean writesCells(Settings settings) {
    return true;
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    long cells = Math.max(1, Math.round(settings.ratio * layer.cells()));
    return new LargestCells(residual, (int) cells);
  }

  private static final class LargestCells implements Sparsifier {
    private final Residual residual;
    private final int count;

    LargestCells(Residual residual, int count) {
      this.residual = residual;
      this.count = count;
    }

    @Override
    public void accumulate(int firstColumn, int columns, float[] velocity) {
      residual.add(firstColumn, columns, velocity);
    }

    @Override
    public void resume(int columns) {
      // Magnitudes are read from the residual when the iteration ends.
    }

    /** Bits of a non-negative float32 order as the float itself does. */
    private static int magnitude(float value) {
      return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
    }

    @Override
    public Selection select(long iteration) {
      int threshold = threshold();
      int above = 0;
      for (float[] block : residual.values().all()) {
        for (float value : block) {
          above += magnitude(value) > threshold ? 1 : 0;
        }
      }
      return residual.consume(cells(threshold, count - above));
    }

    /** Those above the threshold, and of those at it the first {@code equals} by row and column. */
    private Selection cells(int threshold, int equals) {
      int[] rows = new int[count];
      int[] columns = new int[count];
      int found = 0;
      int equalsLeft = equals;
      for (int row = 0; row < residual.rows() && found < count; row++) {
        for (int column = 0; column < residual.columns() && found < count; column++) {
          int magnitude = magnitude(residual.value(row, column));
          boolean chosen = magnitude > threshold;
          if (magnitude == threshold && equalsLeft > 0) {
            equalsLeft--;
            chosen = true;
          }
          if (chosen) {
            rows[found] = row;
            columns[found++] = column;
          }
        }
      }
      return new Selection.Cells(rows, columns);
    }

    /**
     * The {@code count}-th largest magnitude, byte by byte from the top: four passes over the
     * values, whatever their order.
     */
    private int threshold() {
      int prefix = 0;
      int left = count;
      int[] histogram = new int[256];
      for (int shift = 24; shift >= 0; shift -= 8) {
        Arrays.fill(histogram, 0);
        int mask = shift == 24 ? 0 : -1 << (shift + 8);
        for (float[] block : residual.values().all()) {
          for (float value : block) {
            int magnitude = magnitude(value);
            if ((magnitude & mask) == prefix) {
              histogram[(magnitude >>> shift) & 0xFF]++;
            }
          }
        }
        int digit = 255;
        while (histogram[digit] < left) {
          left -= histogram[digit--];
        }
        prefix |= digit << shift;
      }
      return prefix;
    }
  }
}
