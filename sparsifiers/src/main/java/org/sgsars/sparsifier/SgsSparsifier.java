package org.sgsars.sparsifier;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;

/**
 * Structured gradient sparsification: writes the rows with the largest score, where a row's score
 * is the largest magnitude ({@code max}) or the sum of magnitudes ({@code sum}) of its accumulated
 * gradients. Among equals the lowest row. Rows may go in blocks of adjacent ones, which begin at
 * multiples of the block; {@code rows} then counts blocks.
 *
 * <p>By position, a layer of few rows writes only the one cell of largest magnitude in the chosen
 * row, the lowest column among equals.
 *
 * @see <a href="https://doi.org/10.1145/3195970.3196071">Cai et al., DAC 2018</a>
 */
public final class SgsSparsifier implements SparsifierPolicy<SgsSparsifier.Settings> {
  @Override
  public String kind() {
    return "sgs";
  }

  @Override
  public String summary() {
    return "Structured gradient sparsification: writes the rows of largest score (DAC 2018).";
  }

  /**
   * Which rows are written, and how many.
   *
   * @param score of a row
   * @param rows rows or blocks that are written
   * @param share the same as a share
   * @param block adjacent rows that are written together
   * @param byPosition whether small layers write one cell
   * @param smallRows rows of a small layer at most
   * @param quantization of how many bits weights are
   */
  public record Settings(
      @Setting(
              about = "A row's score: its largest accumulated magnitude, or the sum of them.",
              fallback = "max")
          Score score,
      @Setting(
              about =
                  "How many rows, or blocks of rows, are written; at most the rows of the smallest layer.",
              unit = "rows per layer and iteration",
              least = 1,
              most = LayerShape.MAX_ROWS,
              fallback = "1")
          int rows,
      @Setting(
              about = "The same as a share, rounded; at least one row or block.",
              unit = "share of a layer's rows",
              above = 0,
              most = 1)
          OptionalDouble share,
      @Setting(
              about =
                  "Rows are written in blocks of so many adjacent ones; a block scores as its rows together.",
              unit = "rows",
              least = 1,
              most = LayerShape.MAX_ROWS,
              absent = "1")
          OptionalInt block,
      @Setting(
              about =
                  "In small layers, write only the cell of largest magnitude of the chosen row; needs rows: 1.",
              fallback = "false")
          boolean byPosition,
      @Setting(
              about = "With byPosition: layers of at most so many rows are small.",
              unit = "rows",
              least = 1,
              most = LayerShape.MAX_ROWS,
              fallback = "128")
          int smallRows,
      QuantizationSettings quantization)
      implements SparsifierSettings {
    private int rowsOfBlock() {
      return block.orElse(1);
    }

    /** Blocks of rows that are written, at least one. */
    private int count(LayerShape layer) {
      return share.isPresent()
          ? (int) Math.max(1, Math.rint(share.getAsDouble() * layer.rows() / rowsOfBlock()))
          : rows;
    }
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** What a row's score is. */
  public enum Score {
    MAX,
    SUM
  }

  @Override
  public Optional<String> problemWith(Settings settings) {
    if (settings.share.isPresent() && settings.rows != 1) {
      return Optional.of("rows and share both say how much is written; give one of them");
    }
    boolean isMore =
        settings.rows != 1 || settings.share.isPresent() || settings.rowsOfBlock() != 1;
    return settings.byPosition && isMore
        ? Optional.of("byPosition writes one cell of one row, so rows and block must be 1")
        : Optional.empty();
  }

  @Override
  public Optional<String> problemWith(Settings settings, ArrayShape array) {
    LayerShape layer = array.layer();
    int rows = settings.rows;
    int block = settings.rowsOfBlock();
    return (long) rows * block > layer.rows()
        ? Optional.of(
            "rows: %d%s is more than the %d rows of layer %s; allowed: at most the rows of the smallest layer"
                .formatted(
                    rows,
                    block == 1 ? "" : " blocks of " + block + " rows",
                    layer.rows(),
                    layer.name()))
        : Optional.empty();
  }

  @Override
  public boolean writesCells(Settings settings) {
    return settings.byPosition || SparsifierPolicy.super.writesCells(settings);
  }

  @Override
  public int mostRows(Settings settings, LayerShape layer) {
    return (int) Math.min(layer.rows(), (long) settings.count(layer) * settings.rowsOfBlock());
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    boolean byPosition = settings.byPosition && layer.rows() <= settings.smallRows;
    return new BestRows(
        residual,
        settings.score == Score.SUM,
        settings.count(layer),
        settings.rowsOfBlock(),
        byPosition);
  }

  private static final class BestRows implements Sparsifier {
    private final Residual residual;
    private final boolean sum;
    private final int count;
    private final int block;
    private final boolean byPosition;
    private final float[] scores;
    private final float[] run;

    BestRows(Residual residual, boolean sum, int count, int block, boolean byPosition) {
      this.block = block;
      this.residual = residual;
      this.sum = sum;
      this.count = count;
      this.byPosition = byPosition;
      this.scores = new float[residual.rows()];
      this.run = new float[residual.rows()];
    }

    @Override
    public void accumulate(int firstColumn, int columns, float[] velocity) {
      residual.add(firstColumn, columns, velocity);
      score(firstColumn, columns);
    }

    @Override
    public void resume(int columns) {
      score(0, columns);
    }

    private void score(int firstColumn, int columns) {
      for (int column = firstColumn; column < firstColumn + columns; column++) {
        residual.copyColumn(column, run);
        if (sum) {
          addMagnitudes(scores, run);
        } else {
          Residual.raiseToMagnitudes(scores, run);
        }
      }
    }

    private static void addMagnitudes(float[] scores, float[] values) {
      for (int row = 0; row < scores.length; row++) {
        scores[row] += Math.abs(values[row]);
      }
    }

    @Override
    public Selection select(long iteration) {
      int[] rows = bestRows();
      Selection selection =
          byPosition
              ? new Selection.Cells(rows, new int[] {largestColumn(rows[0])})
              : new Selection.Rows(rows);
      Arrays.fill(scores, 0);
      return residual.consume(selection);
    }

    private int[] bestRows() {
      float[] blockScores = block == 1 ? scores : blockScores();
      int[] best = new int[count];
      for (int i = 0; i < count; i++) {
        int winner = 0;
        for (int candidate = 1; candidate < blockScores.length; candidate++) {
          if (blockScores[candidate] > blockScores[winner]) {
            winner = candidate;
          }
        }
        best[i] = winner;
        blockScores[winner] = Float.NEGATIVE_INFINITY;
      }
      Arrays.sort(best);
      return block == 1 ? best : Arrays.stream(best).flatMap(this::rowsOf).toArray();
    }

    /** Score of a block: the largest, or the sum, of its rows' scores. */
    private float[] blockScores() {
      float[] blockScores = new float[(scores.length + block - 1) / block];
      for (int row = 0; row < scores.length; row++) {
        int of = row / block;
        blockScores[of] =
            sum ? blockScores[of] + scores[row] : Math.max(blockScores[of], scores[row]);
      }
      return blockScores;
    }

    private IntStream rowsOf(int chosenBlock) {
      return IntStream.range(
          chosenBlock * block, Math.min(scores.length, (chosenBlock + 1) * block));
    }

    private int largestColumn(int row) {
      int largest = 0;
      for (int column = 1; column < residual.columns(); column++) {
        if (Math.abs(residual.value(row, column)) > Math.abs(residual.value(row, largest))) {
          largest = column;
        }
      }
      return largest;
    }
  }
}
