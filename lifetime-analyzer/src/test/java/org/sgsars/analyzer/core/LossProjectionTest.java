package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** A layer of two rows in crossbars of four. */
final class LossProjectionTest {
  private static final LayerShape LAYER = new LayerShape("fc", 2, 2);
  private static final int[] NO_FAILURES = new int[8];

  private static Projection.Endurance endurance(String kind, Map<String, Object> settings) {
    return new Projection.Endurance(
        Policies.onClassPath()
            .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
            .bind(new PolicyChoice(kind, settings))
            .create(1));
  }

  private static final Projection.Endurance CONSTANT =
      endurance("constant", Map.of("writes", 100.0));

  private static LossProjection.Sample look(long iterations, int[] map, long... writes) {
    return new LossProjection.Sample(
        iterations, writes, map, Arrays.copyOf(NO_FAILURES, writes.length));
  }

  private static LossProjection projection(
      int blocks,
      Projection.Endurance endurance,
      LossProjection.Sample half,
      LossProjection.Sample now) {
    return new LossProjection(new ArrayShape(LAYER, 4, 0, blocks), endurance, false, half, now);
  }

  /**
   * Rows of 100 writes; contents of 2 and 1 writes an iteration stay where they lie. After 10
   * iterations the first has 80 left, goes on until 50, in the next row until 100, and fails there
   * as no row is free any more; the second lives until 100, too.
   */
  @Test
  void times_contentsStay_areTheClosedForm() {
    double[] times =
        projection(
                1,
                CONSTANT,
                look(5, new int[] {0, 1}, 10, 5, 0, 0),
                look(10, new int[] {0, 1}, 20, 10, 0, 0))
            .times();

    assertThat(times).hasSize(Projection.SEEDS).containsOnly(100);
  }

  /** Levelled rows share what is left: 400 writes, of which 40 were, at 4 an iteration. */
  @Test
  void times_rowsAreLevelled_areTheClosedForm() {
    double[] times =
        projection(
                1,
                CONSTANT,
                look(5, new int[] {0, 1}, 5, 5, 5, 5),
                look(10, new int[] {2, 3}, 10, 10, 10, 10))
            .times();

    assertThat(times).containsOnly(10 + 360 / 4.0);
  }

  /** Two blocks are rows of twice the writes. Row 4 is row 0 of the second block. */
  @Test
  void times_twoBlocks_areRowsOfTwiceTheWrites() {
    double[] times =
        projection(
                2,
                CONSTANT,
                look(5, new int[] {0, 1}, 5, 5, 5, 5, 0, 0, 0, 0),
                look(10, new int[] {2, 3}, 10, 10, 10, 10, 0, 0, 0, 0))
            .times();

    assertThat(times).containsOnly(10 + 760 / 4.0);
  }

  /**
   * Row 0 has failed in its first block at the 101st write, and its content goes on in the second:
   * 199 writes are left for it at 10 an iteration; two free rows have 200 each.
   */
  @Test
  void times_firstBlockOfARowHasFailed_itsSecondGoesOn() {
    LossProjection.Sample half = look(10, new int[] {0, 1}, 50, 0, 0, 0, 0, 0, 0, 0);
    LossProjection.Sample now =
        new LossProjection.Sample(
            21,
            new long[] {101, 0, 0, 0, 60, 0, 0, 0},
            new int[] {4, 1},
            new int[] {2, 0, 0, 0, 0, 0, 0, 0});

    double[] times = projection(2, CONSTANT, half, now).times();

    // 50 + 60 writes that were taken in 11 iterations: 10 each.
    assertThat(times[0]).isCloseTo(21 + (40 + 2 * 200) / 10.0, within(1e-9));
  }

  @Test
  void times_nothingIsWrittenAnyMore_areNever() {
    LossProjection.Sample now = look(10, new int[] {0, 1}, 20, 10, 0, 0);

    assertThat(projection(1, CONSTANT, look(5, new int[] {0, 1}, 20, 10, 0, 0), now).times())
        .containsOnly(Double.POSITIVE_INFINITY);
  }

  /** 10 + 20 + 30 + 30 writes for known rows, as the third failure is one too many; 40 were. */
  @Test
  void timeOf_knownCells_isTheClosedForm() {
    LossProjection projection =
        new LossProjection(
            new ArrayShape(LAYER, 4, 0),
            CONSTANT,
            true,
            look(5, new int[] {0, 1}, 5, 10, 15, 20),
            look(10, new int[] {2, 3}, 10, 20, 30, 40));

    // All have a tenth of their life behind them; 1000 writes in all, at 10 an iteration.
    assertThat(projection.timeOf(new long[] {100, 200, 300, 400})).isCloseTo(100, within(1e-9));
  }

  /**
   * Cells are drawn that have survived what they had. Written evenly, four rows of four cells of
   * median 1000 of which two are needed end at the third least of their weakest cells.
   */
  @Test
  void times_drawnCells_haveSurvivedTheirWrites() {
    Projection.Endurance lognormal = endurance("lognormal", Map.of("median", 1e3, "spread", 0.3));
    double[] fresh =
        projection(
                1,
                lognormal,
                look(5, new int[] {0, 1}, 5, 5, 5, 5),
                look(10, new int[] {2, 3}, 10, 10, 10, 10))
            .times();
    double[] worn =
        projection(
                1,
                lognormal,
                look(500, new int[] {0, 1}, 500, 500, 500, 500),
                look(1000, new int[] {2, 3}, 1000, 1000, 1000, 1000))
            .times();

    assertThat(Arrays.stream(worn).min().orElseThrow()).isGreaterThanOrEqualTo(1000);
    assertThat(Projection.Band.of(worn).low()).isGreaterThan(Projection.Band.of(fresh).median());
  }

  /** A layer's draws are its own, and the same every time. */
  @Test
  void times_askedAgain_areTheSame() {
    Projection.Endurance lognormal = endurance("lognormal", Map.of("median", 1e3));
    LossProjection.Sample half = look(5, new int[] {0, 1}, 10, 5, 0, 0);
    LossProjection.Sample now = look(10, new int[] {0, 1}, 20, 10, 0, 0);

    assertThat(projection(1, lognormal, half, now).times())
        .containsExactly(projection(1, lognormal, half, now).times());
  }
}
