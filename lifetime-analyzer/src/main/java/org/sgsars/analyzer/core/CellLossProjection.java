package org.sgsars.analyzer.core;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.Device;
import org.sgsars.model.ArrayShape;
import org.sgsars.random.RandomStream;

/**
 * The same as {@link LossProjection} of a layer whose single cells are written: a row fails by the
 * cell that comes first to the writes that it survives. Each cell is written at a rate of its own:
 * its content's where contents stay, and the mean of its column where rows are levelled, as
 * levelling brings every content to every row but keeps columns.
 */
final class CellLossProjection {
  private static final RandomStream DRAWS = RandomStream.of(0, "cell-loss-projection");

  private final ArrayShape array;
  private final Projection.Endurance endurance;
  private final Sample half;
  private final Sample last;
  private final RetiringRows now;
  private final ContentRates rates;
  private final double iterations;
  private final double cellsPerPlace;

  /** Writes of each column per iteration, in all rows. */
  private final double[] ofColumns;

  /**
   * A layer at one time; arrays are not to be changed.
   *
   * @param rows its rows, of which any written cell counts as a write
   * @param cellWrites writes by physical row and column; null while the cells of a row are alike
   */
  record Sample(LossProjection.Sample rows, long @Nullable [][] cellWrites) {
    double writes(int row, int column) {
      return cellWrites == null ? rows.writes()[row] : cellWrites[row][column];
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Sample sample
          && rows.equals(sample.rows)
          && Arrays.deepEquals(cellWrites, sample.cellWrites);
    }

    @Override
    public int hashCode() {
      return rows.hashCode();
    }
  }

  /**
   * @param half the last look of the run's first half
   * @param last a later one, before anything was lost
   */
  CellLossProjection(ArrayShape array, Projection.Endurance endurance, Sample half, Sample last) {
    this.array = array;
    this.endurance = endurance;
    this.half = half;
    this.last = last;
    this.now = last.rows.rows(array);
    RetiringRows before = half.rows.rows(array);
    this.rates = new ContentRates(before, now);
    this.iterations = Math.max(1, now.iterations() - before.iterations());
    Device device = endurance.device;
    this.cellsPerPlace = device.cellsPerWeight() * (1 - device.stuckShare());
    this.ofColumns = new double[array.layer().columns()];
    for (int row = 0; row < array.physicalRows(); row++) {
      for (int column = 0; column < ofColumns.length; column++) {
        ofColumns[column] += later(row, column) / iterations;
      }
    }
  }

  private double later(int row, int column) {
    return last.writes(row, column) - half.writes(row, column);
  }

  /** When the first weight is lost, in iterations, by seed; infinite if it never is. */
  double[] times() {
    double[] times = new double[Projection.SEEDS];
    if (Arrays.stream(ofColumns).sum() <= 0) {
      Arrays.fill(times, Double.POSITIVE_INFINITY);
      return times;
    }
    double lasting = rates.lasting();
    if (lasting > 0) {
      StayingContents staying = new StayingContents();
      add(times, lasting, "staying", staying::time);
    }
    if (lasting < 1) {
      LevelledRows levelled = new LevelledRows();
      add(times, 1 - lasting, "levelled", levelled::time);
    }
    return times;
  }

  /** A time to come, in iterations. */
  private interface Time {
    double drawn(SplittableRandom random);
  }

  private void add(double[] times, double share, String which, Time time) {
    for (int seed = 0; seed < times.length; seed++) {
      SplittableRandom random =
          DRAWS.child(array.layer().name()).child(which).child(seed).generator();
      times[seed] += share * (now.iterations() + time.drawn(random));
    }
  }

  private RowLife life(double[] writes, double[] ofCells) {
    return new RowLife(endurance, cellsPerPlace, writes, ofCells);
  }

  /** Blocks of a wordline that have failed come before the one in use. */
  private int failedBlocks(int wordline) {
    int failed = 0;
    for (int row = wordline; row < array.physicalRows(); row += array.rowsOfBlock()) {
      failed += last.rows.failures()[row] > 0 ? 1 : 0;
    }
    return failed;
  }

  private int blocksLeft(int wordline) {
    return array.columnBlocks() - failedBlocks(wordline);
  }

  /** Writes of the cells of a wordline's block in use; it must have one that works. */
  private double[] worn(int wordline) {
    int row = failedBlocks(wordline) * array.rowsOfBlock() + wordline;
    return columns(column -> last.writes(row, column));
  }

  private double[] columns(IntToDoubleFunction of) {
    return IntStream.range(0, ofColumns.length).mapToDouble(of).toArray();
  }

  private static double sum(RowLife life, int rows, SplittableRandom random) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += life.draw(random);
    }
    return sum;
  }

  /** All rows come to a common level; work is counted in iterations of the whole layer's. */
  private final class LevelledRows {
    private final double[] done = new double[now.failed().length];
    private final RowLife fresh = life(new double[ofColumns.length], ofColumns);
    private final @Nullable RowLife[] inUse = new RowLife[now.failed().length];

    LevelledRows() {
      double all = Arrays.stream(ofColumns).sum();
      for (int row = 0; row < array.physicalRows(); row++) {
        int place = row;
        done[row % done.length] += Arrays.stream(columns(c -> last.writes(place, c))).sum() / all;
      }
      for (int wordline = 0; wordline < inUse.length; wordline++) {
        if (!now.failed()[wordline]) {
          inUse[wordline] = life(worn(wordline), ofColumns);
        }
      }
    }

    double time(SplittableRandom random) {
      double[] lives = done.clone();
      for (int wordline = 0; wordline < lives.length; wordline++) {
        RowLife current = inUse[wordline];
        if (current != null) {
          lives[wordline] += current.draw(random) + sum(fresh, blocksLeft(wordline) - 1, random);
        }
      }
      return new RowLives(now.places().length, done, lives, now.failed()).levelled();
    }
  }

  private record Failure(double at, int content) {}

  /** Every content stays until its row fails, and goes on in the least worn free one. */
  private final class StayingContents {
    private final RowLife[] inUse = new RowLife[now.places().length];
    private final RowLife[] fresh = new RowLife[now.places().length];

    StayingContents() {
      double[][] ofCells = new CellRates(array, half, last).ofContents();
      for (int content = 0; content < inUse.length; content++) {
        fresh[content] = life(new double[ofColumns.length], ofCells[content]);
        int wordline = now.places()[content];
        inUse[content] =
            now.failed()[wordline] ? fresh[content] : life(worn(wordline), ofCells[content]);
      }
    }

    double time(SplittableRandom random) {
      boolean[] taken = now.failed().clone();
      PriorityQueue<Failure> next =
          new PriorityQueue<>(
              Comparator.comparingDouble(Failure::at).thenComparingInt(Failure::content));
      for (int content = 0; content < inUse.length; content++) {
        int wordline = now.places()[content];
        boolean isUp = now.failed()[wordline];
        taken[wordline] = true;
        double life =
            isUp
                ? 0
                : inUse[content].draw(random)
                    + sum(fresh[content], blocksLeft(wordline) - 1, random);
        next.add(new Failure(life, content));
      }
      Iterator<Integer> free =
          IntStream.range(0, taken.length)
              .filter(wordline -> !taken[wordline])
              .boxed()
              .sorted(Comparator.comparingDouble(wordline -> now.written()[wordline]))
              .iterator();
      while (true) {
        Failure first = next.remove();
        if (!free.hasNext() || Double.isInfinite(first.at)) {
          return first.at;
        }
        double life = sum(fresh[first.content], blocksLeft(free.next()), random);
        next.add(new Failure(first.at + life, first.content));
      }
    }
  }
}
