package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Setting;

/**
 * Fault-tolerant training with on-line detection: after every {@code interval} iterations all rows
 * are tested, and contents are remapped so that rows with a stuck cell do least harm. Between two
 * tests nobody notices a failure.
 *
 * <ol>
 *   <li>The test writes every row that is not known to have failed {@code testWrites} times, and
 *       finds those with a cell that is stuck: when fresh, or worn out.
 *   <li>Contents on failed rows go to free rows that passed, the content with most updates so far
 *       first, the least worn row first (one write each).
 *   <li>Where no free row is left, the content with most updates on a failed row exchanges places
 *       with the content with fewest on a row that passed, as long as it has more (two writes
 *       each). So the contents that training hardly changes lie on the failed rows.
 * </ol>
 *
 * <p>Among equals the lowest logical row comes first, or the lowest physical one.
 *
 * <p>The source was at hand by its abstract alone, so what is said of it here may fall short. Where
 * this departs from it, as far as is known: there weights are pruned, and neurons are re-ordered by
 * a search so that weights of 0 lie on cells stuck at 0, cell by cell, in rows and columns. Here
 * rows alone move, a row has failed with its first stuck cell, and few updates stand for pruned
 * weights. There only cells that may show the fault are tested, by a write up for one kind of fault
 * and a write down for the other; here all are, and both writes wear them. Free rows are ours. Its
 * training by a threshold is a sparsifier ({@code threshold}). The default interval, with which
 * tests cost an array of 512 rows 6 % more writes where a row is written per iteration, is ours.
 *
 * @see <a href="https://doi.org/10.1109/TCAD.2018.2855145">Xia et al., TCAD 2019</a>
 */
public final class DetectRemapLeveller implements LevellerPolicy<DetectRemapLeveller.Settings> {
  @Override
  public String kind() {
    return ScenarioPlan.DETECT_REMAP;
  }

  @Override
  public String summary() {
    return "Tests all rows every so often; contents on rows with a stuck cell go to free rows, and where there is none change places with those that are updated least (after TCAD 2019). Needs a device.";
  }

  @Override
  public boolean needsDevice() {
    return true;
  }

  /**
   * When rows are tested, and what a test costs.
   *
   * @param interval iterations between two tests
   * @param testWrites writes of each row by a test
   */
  public record Settings(
      @Setting(
              about = "Time between two tests.",
              unit = "iterations",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "16384")
          int interval,
      @Setting(
              about = "How often a test writes each row: 2 is up and down, 0 a test by reads.",
              unit = "writes",
              least = 0,
              most = 2,
              fallback = "2")
          int testWrites) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The map, a bit for each row, and the updates of each content. */
  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    long rows = array.physicalRows();
    return OptionalLong.of(
        rows * (StateBits.index(array.physicalRows()) + 1L)
            + (long) array.layer().rows() * StateBits.counter(iterations));
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.interval);
  }

  /**
   * @throws IllegalArgumentException if no device is modelled
   */
  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new Tests(array, array.testRows(), settings);
  }

  private static final class Tests implements Leveller {
    private final RowArray array;
    private final TestedRows tested;
    private final Settings settings;

    /** By logical row that holds weights. */
    private final long[] updates;

    /** Physical rows that a test has found. */
    private final BitSet found = new BitSet();

    Tests(RowArray array, TestedRows tested, Settings settings) {
      this.array = array;
      this.tested = tested;
      this.settings = settings;
      this.updates = new long[array.logicalRows()];
    }

    @Override
    public void afterWrite(int logicalRow) {
      updates[logicalRow]++;
    }

    @Override
    public void afterIteration(long iterationsDone) {
      if (iterationsDone % settings.interval == 0) {
        test();
        remap();
      }
    }

    private void test() {
      for (int row = 0; row < array.physicalRows(); row++) {
        for (int i = 0; i < settings.testWrites && !found.get(row); i++) {
          array.rewrite(row);
        }
        found.set(row, tested.hasFailed(row));
      }
    }

    private void remap() {
      Deque<Integer> free =
          Arrays.stream(array.rowsByWear())
              .filter(row -> array.isFree(row) && !found.get(row))
              .boxed()
              .collect(Collectors.toCollection(ArrayDeque::new));
      Deque<Integer> onWorking = contents(false, Comparator.comparingLong(row -> updates[row]));
      for (int content : contents(true, Comparator.comparingLong(row -> -updates[row]))) {
        int failed = array.physicalRow(content);
        if (!free.isEmpty()) {
          array.exchange(free.remove(), failed, false);
        } else if (!onWorking.isEmpty() && updates[onWorking.element()] < updates[content]) {
          array.exchange(array.physicalRow(onWorking.remove()), failed);
        } else {
          return;
        }
      }
    }

    /** Logical rows with weights that lie on rows that have failed, or on the others. */
    private Deque<Integer> contents(boolean onFailed, Comparator<Integer> order) {
      List<Integer> rows =
          IntStream.range(0, updates.length)
              .filter(row -> found.get(array.physicalRow(row)) == onFailed)
              .boxed()
              .sorted(order)
              .toList();
      return new ArrayDeque<>(rows);
    }

    @Override
    public void save(DataOutput out) throws IOException {
      for (long count : updates) {
        out.writeLong(count);
      }
      RowBits.save(found, out);
      tested.save(out);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      for (int row = 0; row < updates.length; row++) {
        updates[row] = in.readLong();
      }
      RowBits.restore(found, in);
      tested.restore(in);
    }
  }
}
