package org.sgsars.source.selections;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.LayerShape;
import org.sgsars.source.SelectionSource;

final class SkewedSourceTest {
  private static final int ROWS = 1_000;
  private static final int ITERATIONS = 200_000;

  private static SelectionSource source(double spread, long seed) {
    List<LayerShape> layers = List.of(new LayerShape("a", ROWS, 8), new LayerShape("b", ROWS, 8));
    return new SkewedSourcePolicy()
        .openSelections(new SkewedSourcePolicy.Settings(layers, spread), seed);
  }

  private static long[] counts(SelectionSource source, int layer) {
    long[] counts = new long[ROWS];
    for (int i = 0; i < ITERATIONS; i++) {
      counts[source.rows(layer, i).rows()[0]]++;
    }
    Arrays.sort(counts);
    return counts;
  }

  /** Log-normal weights of spread s give the top tenth of rows Phi(s - 1.2816): 29 % at 0.72. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void rows_defaultSpread_giveTheTopTenthItsShare(long seed) {
    long[] counts = counts(source(0.72, seed), 0);

    double share = Arrays.stream(counts, 900, ROWS).sum() / (double) ITERATIONS;
    assertThat(share).isBetween(0.25, 0.33);
  }

  @Test
  void rows_hardlyAnySpread_areUniform() {
    long[] counts = counts(source(1e-9, 1), 0);

    // 200 expected, standard deviation 14: five of them either way.
    assertThat(counts[0]).isGreaterThan(130);
    assertThat(counts[ROWS - 1]).isLessThan(270);
  }

  @Test
  void rows_sameSeed_areTheSameAndAnotherLayersAreNot() {
    SelectionSource source = source(0.72, 4);

    assertThat(counts(source, 0)).containsExactly(counts(source(0.72, 4), 0));
    assertThat(counts(source, 0)).isNotEqualTo(counts(source, 1));
    assertThat(counts(source, 0)).isNotEqualTo(counts(source(0.72, 5), 0));
  }

  /** Layers draw apart: where each selects has nothing to do with where another does. */
  @Test
  void rows_layersAndSeeds_areUncorrelatedAtAnyLag() {
    SelectionSource source = source(1e-9, 4);
    SelectionSource next = source(1e-9, 5);
    double[] a = shares(source, 0);

    for (double[] other : List.of(shares(source, 1), shares(next, 0), shares(next, 1))) {
      for (int lag = 0; lag < 10; lag++) {
        double sum = 0;
        for (int i = 0; i < ITERATIONS - lag; i++) {
          sum += (a[i + lag] - 0.5) * (other[i] - 0.5);
        }
        // Five standard deviations.
        assertThat(Math.abs(12 * sum / ITERATIONS)).isLessThan(5 / Math.sqrt(ITERATIONS));
      }
    }
  }

  private static double[] shares(SelectionSource source, int layer) {
    double[] shares = new double[ITERATIONS];
    Arrays.setAll(shares, i -> source.rows(layer, i).rows()[0] / (ROWS - 1.0));
    return shares;
  }
}
