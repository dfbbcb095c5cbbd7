package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

/**
 * What every leveller promises, whatever it does.
 *
 * @param <S> its settings
 */
public abstract class LevellerContract<S extends Record> {
  private static final int LOGICAL_ROWS = 50;
  private static final int PHYSICAL_ROWS = 64;
  private static final int ITERATIONS = 2_000;

  /** The policy under test. */
  protected abstract LevellerPolicy<S> policy();

  /** Settings under which it really moves rows within some hundred iterations. */
  protected abstract S settings();

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_anySelections_mapStaysAPermutation(long seed) {
    RowArray array = replayed(seed);

    assertThat(Arrays.stream(array.logicalToPhysical()).sorted().toArray())
        .containsExactly(IntStream.range(0, PHYSICAL_ROWS).toArray());
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_anySelections_everyWriteIsInTheJournal(long seed) {
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), seed);
    long[] journalled = new long[PHYSICAL_ROWS];

    for (int i = 0; i < ITERATIONS; i++) {
      RowArray.IterationWrites writes = array.apply(selection(seed, i), i, leveller);
      Arrays.stream(writes.physicalRows()).forEach(row -> journalled[row]++);
      Arrays.stream(writes.levellingRows()).forEach(row -> journalled[row]++);
    }

    assertThat(array.writes()).containsExactly(journalled);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_anySelections_movesLeadToTheMap(long seed) {
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), seed);
    int[] followed = IntStream.range(0, PHYSICAL_ROWS).toArray();

    for (int i = 0; i < ITERATIONS; i++) {
      RowArray.IterationWrites writes = array.apply(selection(seed, i), i, leveller);
      for (int move = 0; move < writes.movedLogicalRows().length; move++) {
        followed[writes.movedLogicalRows()[move]] = writes.movedToPhysicalRows()[move];
      }
    }

    assertThat(array.logicalToPhysical()).containsExactly(followed);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_sameSeed_sameWrites(long seed) {
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), seed);
    RowArray other = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller otherLeveller = policy().create(other, settings(), seed);

    for (int i = 0; i < ITERATIONS; i++) {
      requireSame(
          array.apply(selection(seed, i), i, leveller),
          other.apply(selection(seed, i), i, otherLeveller),
          "seed %d, iteration %d: two levellers of the same seed differ. What is random has to be derived from seed and iteration (RandomStream), and nothing may depend on time, threads or the order of a hash table"
              .formatted(seed, i));
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_anySelections_largestWearIsAtLeastTheEvenSpread(long seed) {
    RowArray array = replayed(seed);

    long largest = Arrays.stream(array.writes()).max().orElseThrow();
    // One row is written per iteration, so no levelling gets below iterations / P.
    assertThat(largest).isGreaterThanOrEqualTo((ITERATIONS + PHYSICAL_ROWS - 1) / PHYSICAL_ROWS);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void restore_fromAnyIteration_equalsARunWithoutRestart(long seed) throws IOException {
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), seed);
    RowArray other = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller otherLeveller = policy().create(other, settings(), seed);

    for (int i = 0; i < ITERATIONS; i++) {
      if (i == ITERATIONS / 2 + 7) {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(saved);
        array.save(out);
        leveller.save(out);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved.toByteArray()));
        other.restore(in);
        otherLeveller.restore(in);
        assertThat(in.available()).as("bytes that save wrote and restore left unread").isZero();
      }
      RowArray.IterationWrites writes = array.apply(selection(seed, i), i, leveller);
      if (i >= ITERATIONS / 2 + 7) {
        requireSame(
            writes,
            other.apply(selection(seed, i), i, otherLeveller),
            "seed %d, iteration %d, %d after restore: the restored leveller differs from the one that ran on. It has state that save and restore leave out: derive it from seed and iteration, or save it"
                .formatted(seed, i, i - ITERATIONS / 2 - 7));
      }
    }
  }

  /** What a run is too short for is said before the run, so it must not happen in it. */
  @ParameterizedTest(name = "rows per iteration={0}")
  @ValueSource(ints = {1, 3, LOGICAL_ROWS})
  void apply_fewerIterationsThanItNeeds_movesNoRow(int rowsPerIteration) {
    long needed = policy().leastIterations(settings(), rowsPerIteration).orElse(1);
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), 1);
    int[] first = IntStream.range(0, rowsPerIteration).toArray();

    for (int i = 0; i < needed - 1; i++) {
      RowArray.IterationWrites writes = array.apply(new Selection.Rows(first.clone()), i, leveller);

      assertThat(writes.levellingRows()).isEmpty();
      assertThat(writes.movedLogicalRows()).isEmpty();
    }
  }

  /** Fresh rows to level. */
  protected RowArray rows(int logicalRows, int physicalRows) {
    return new RowArray(logicalRows, physicalRows);
  }

  /** A layer's array of one crossbar of so many rows. */
  protected static ArrayShape array(int physicalRows) {
    return new ArrayShape(new LayerShape("fc", physicalRows, 1), physicalRows, 0);
  }

  /** Compares what an iteration did, and says in what words it fails before the rows. */
  private static void requireSame(
      RowArray.IterationWrites expected, RowArray.IterationWrites actual, String problem) {
    assertThat(actual.physicalRows())
        .as(problem + "; written rows")
        .isEqualTo(expected.physicalRows());
    assertThat(actual.levellingRows())
        .as(problem + "; rows written by moves")
        .isEqualTo(expected.levellingRows());
    assertThat(actual.movedLogicalRows())
        .as(problem + "; rows moved")
        .isEqualTo(expected.movedLogicalRows());
    assertThat(actual.movedToPhysicalRows())
        .as(problem + "; where rows moved")
        .isEqualTo(expected.movedToPhysicalRows());
  }

  private RowArray replayed(long seed) {
    RowArray array = rows(LOGICAL_ROWS, PHYSICAL_ROWS);
    Leveller leveller = policy().create(array, settings(), seed);
    for (int i = 0; i < ITERATIONS; i++) {
      array.apply(selection(seed, i), i, leveller);
    }
    return array;
  }

  /** Skewed as real selections are: low rows far more often than high ones. */
  private static Selection selection(long seed, int iteration) {
    double uniform = new SplittableRandom(31 * seed + iteration).nextDouble();
    return new Selection.Rows(new int[] {(int) (LOGICAL_ROWS * uniform * uniform * uniform)});
  }
}
