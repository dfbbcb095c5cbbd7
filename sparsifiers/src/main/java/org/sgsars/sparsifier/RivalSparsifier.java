package org.sgsars.sparsifier;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;
import org.sgsars.policy.WearFeedback;
import org.sgsars.random.RandomStream;

/**
 * A rival that levels by what it selects instead of by moving rows: the row of largest accumulated
 * magnitude is written, but a worn row stands for selection only now and then. A row of w writes,
 * where the layer's rows have m on average, stands with probability ((m + 1) / (w + 1))^steepness,
 * at most 1. If none stands, the row of largest magnitude is written all the same. Ties go to the
 * lowest row.
 *
 * <p>In the spirit of ESSENCE (IEEE TCAD 2022), whose update probability falls with a row's writes;
 * the formula is ours. The wear is fed back by the ars-controller every {@code wearFeedback}
 * iterations and used from so many iterations later on, however fast the services are.
 */
public final class RivalSparsifier implements SparsifierPolicy<RivalSparsifier.Settings> {
  @Override
  public String kind() {
    return "rival";
  }

  @Override
  public String summary() {
    return "Writes the row of largest magnitude among those that stand: a row of w writes stands with probability ((mean + 1) / (w + 1))^steepness, at most 1. In the spirit of ESSENCE.";
  }

  /**
   * How often wear comes back, and how much it counts.
   *
   * @param feedback how often the wear of the rows comes back
   * @param steepness exponent of a row's chance
   * @param quantization of how many bits weights are
   */
  public record Settings(
      WearFeedback feedback,
      @Setting(
              about = "How fast a row's chance falls with its wear.",
              above = 0,
              most = 100,
              fallback = "2")
          double steepness,
      QuantizationSettings quantization)
      implements SparsifierSettings {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public int mostRows(Settings settings, LayerShape layer) {
    return 1;
  }

  @Override
  public boolean readsResidual() {
    return true;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    return new StandingRows(residual, seed, settings.steepness);
  }

  private static final class StandingRows implements Sparsifier {
    private final Residual residual;
    private final RandomStream iterations;
    private final double steepness;
    private final double[] chances;

    StandingRows(Residual residual, long seed, double steepness) {
      this.residual = residual;
      this.iterations = RandomStream.of(seed, "iteration");
      this.steepness = steepness;
      this.chances = new double[residual.rows()];
      Arrays.fill(chances, 1);
    }

    @Override
    public void accumulate(int firstColumn, int columns, float[] velocity) {
      residual.add(firstColumn, columns, velocity);
    }

    @Override
    public void resume(int columns) {
      // Magnitudes are read from the residual when the iteration ends.
    }

    @Override
    public void wear(long[] writes) {
      double mean = Arrays.stream(writes).average().orElse(0);
      for (int row = 0; row < chances.length; row++) {
        // StrictMath, so that it is the same on every machine.
        double chance = StrictMath.pow((mean + 1) / (writes[row] + 1), steepness);
        chances[row] = Math.min(1, chance);
      }
    }

    @Override
    public Selection select(long iteration) {
      SplittableRandom random = iterations.child(iteration).generator();
      float[] magnitudes = residual.rowMagnitudes();
      int best = 0;
      int bestStanding = -1;
      for (int row = 0; row < magnitudes.length; row++) {
        boolean stands = random.nextDouble() < chances[row];
        if (magnitudes[row] > magnitudes[best]) {
          best = row;
        }
        if (stands && (bestStanding < 0 || magnitudes[row] > magnitudes[bestStanding])) {
          bestStanding = row;
        }
      }
      return residual.consume(
          new Selection.Rows(new int[] {bestStanding < 0 ? best : bestStanding}));
    }
  }
}
