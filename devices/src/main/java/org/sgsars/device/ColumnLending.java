package org.sgsars.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.random.RandomStream;

/**
 * Which layers lend columns of their crossbars, and which have rows there, before a run begins.
 *
 * <p>Layers narrower than a crossbar leave most of it unused, or use it long after others have lost
 * their first weight; layers that fill their crossbars have nothing but their spare rows. So the
 * layer that is to lose a weight first gets rows of cells on the crossbars of the one that is to
 * lose one last, piece by piece, until none can get more without another losing one sooner.
 *
 * <p>How long a layer lasts is <em>estimated</em>, from its shape and the device's law alone: its
 * rows are written in turn, a row fails with its weakest cell, and the layer loses a weight when
 * fewer wordlines than rows are left. Which cells are weak nobody knows before they have failed.
 *
 * <p>A borrowed row costs as many cells as the layer's own wordlines have in the blocks that it
 * uses. It may lie in pieces on several crossbars, on wordlines that carry the lender's inputs at
 * other times; it is read with a pass of its own there, and its sums are added as those of
 * crossbars are.
 */
public final class ColumnLending {
  /** Points at which the endurance of a row is looked up. */
  private static final int POINTS = 2048;

  /** Wordlines by which one of several blocks is judged. */
  private static final int SAMPLES = 512;

  /** A layer borrows so much of its own rows at a time, or one row. */
  private static final int STEPS = 64;

  /** A layer lends so much of its blocks at a time, or one. */
  private static final int PARTS = 8;

  private final Device device;
  private final List<Borrower> layers = new ArrayList<>();

  /** What wordlines endure, by the layer's columns, then by the blocks in use; ascending. */
  private final Map<Integer, Map<Integer, double[]>> endurances = new HashMap<>();

  /** Cells that are lent and nobody has borrowed. */
  private long lent;

  /** A layer on its way to what it lends or borrows. */
  private final class Borrower {
    final int index;
    final LayerShape layer;
    final ArrayShape own;
    final long rowsWritten;
    int blocks;
    int borrowed;
    boolean hasLent;
    double life;

    Borrower(int index, ArrayShape own, long rowsWritten) {
      this.index = index;
      this.layer = own.layer();
      this.own = own;
      this.rowsWritten = rowsWritten;
      this.blocks = own.columnBlocks();
      this.life = life(blocks, 0);
    }

    /** Wordlines of its crossbars. */
    long wordlines() {
      return (long) own.rowsOfBlock() - own.spareRows();
    }

    /** Iterations until it loses a weight, as estimated. */
    double life(int ofBlocks, int withBorrowed) {
      int rows = own.rowsOfBlock() + withBorrowed;
      // The first that is one too many to have failed.
      double share = (rows - layer.rows() + 1.0) / rows;
      double ofWordline = meanUntil(share, endurance(layer.columns(), ofBlocks));
      return rows * Math.max(1, ofWordline) / rowsWritten;
    }

    int step() {
      return (int) Math.max(1, wordlines() / STEPS);
    }

    int part() {
      return Math.max(1, (blocks - 1) / PARTS);
    }

    boolean canLend() {
      return borrowed == 0 && blocks > 1;
    }
  }

  private ColumnLending(Device device) {
    this.device = device;
  }

  /**
   * What the layers of a scenario lend each other.
   *
   * @param scenario as planned, without loans
   * @param layers of the run
   * @param rowsPerIteration for each layer the rows that an iteration writes, at least 1
   * @param device of the scenario
   * @return {@link LayerLoans#NONE} if nobody can spare what another needs
   */
  public static LayerLoans of(
      ScenarioPlan scenario, List<LayerShape> layers, List<Long> rowsPerIteration, Device device) {
    ColumnLending lending = new ColumnLending(device);
    IntStream.range(0, layers.size())
        .filter(layer -> scenario.exceptions().of(layer).isEmpty())
        .forEach(
            layer ->
                lending.add(layer, scenario.array(layers.get(layer)), rowsPerIteration.get(layer)));
    lending.lend();
    return lending.loans(layers.size());
  }

  private void add(int index, ArrayShape own, long rowsWritten) {
    Borrower layer = new Borrower(index, own, rowsWritten);
    layers.add(layer);
    int columns = own.tileColumns() * own.crossbarSize();
    lent += layer.wordlines() * (columns - (long) own.columnBlocks() * own.layer().columns());
  }

  private void lend() {
    // Names, not places: the order of layers changes nothing.
    layers.sort(Comparator.comparing(layer -> layer.layer.name()));
    while (!layers.isEmpty()) {
      Borrower neediest =
          layers.stream().min(Comparator.comparingDouble(layer -> layer.life)).orElseThrow();
      int more = neediest.borrowed + neediest.step();
      long cells = (long) neediest.step() * neediest.blocks * neediest.layer.columns();
      double life = neediest.life(neediest.blocks, more);
      boolean fits = neediest.own.spareRows() + more <= ScenarioPlan.MAX_CROSSBAR_SIZE;
      // Who has lent lasts as long as was promised to others.
      if (neediest.hasLent || !fits || life <= neediest.life || !find(cells, life, neediest)) {
        return;
      }
      lent -= cells;
      neediest.borrowed = more;
      neediest.life = life;
    }
  }

  /** Whether there are so many cells, once those have lent that last as long all the same. */
  private boolean find(long cells, double life, Borrower neediest) {
    while (lent < cells) {
      Optional<Borrower> found =
          layers.stream()
              .filter(layer -> layer != neediest && layer.canLend())
              .filter(layer -> layer.life(layer.blocks - layer.part(), 0) >= life)
              .max(Comparator.comparingDouble((Borrower layer) -> layer.life));
      if (found.isEmpty()) {
        return false;
      }
      Borrower lender = found.get();
      int part = lender.part();
      lender.blocks -= part;
      lender.life = lender.life(lender.blocks, 0);
      lender.hasLent = true;
      lent += lender.wordlines() * part * lender.layer.columns();
    }
    return true;
  }

  private LayerLoans loans(int count) {
    if (layers.stream().allMatch(layer -> layer.borrowed == 0)) {
      return LayerLoans.NONE;
    }
    // Layers with settings of their own take no part.
    List<Integer> borrowed = new ArrayList<>(Collections.nCopies(count, 0));
    List<Integer> blocks = new ArrayList<>(Collections.nCopies(count, 1));
    for (Borrower layer : layers) {
      borrowed.set(layer.index, layer.borrowed);
      blocks.set(layer.index, layer.blocks);
    }
    return new LayerLoans(borrowed, blocks);
  }

  /**
   * Writes of a wordline on average when a share of them has failed: those take what they endure,
   * the others as many as the strongest of them.
   */
  private static double meanUntil(double share, double[] endurance) {
    int failed = (int) Math.min(endurance.length - 1, share * endurance.length);
    double writes = Arrays.stream(endurance, 0, failed).sum();
    return (writes + (endurance.length - failed) * endurance[failed]) / endurance.length;
  }

  private double[] endurance(int columns, int blocks) {
    Map<Integer, double[]> ofColumns =
        endurances.computeIfAbsent(columns, of -> new HashMap<>(Map.of(1, ofRows(of))));
    return ofColumns.computeIfAbsent(
        blocks, of -> sums(Objects.requireNonNull(ofColumns.get(1)), of));
  }

  /** Endurance of rows of so many weights, at evenly spaced shares of them. */
  private double[] ofRows(int columns) {
    DeviceLaw law = new DeviceLaw(device);
    long cells = (long) columns * device.cellsPerWeight();
    return IntStream.range(0, POINTS)
        .mapToDouble(i -> law.firstFailure((i + 0.5) / POINTS, cells))
        .toArray();
  }

  /** What wordlines of several blocks endure, of some that are drawn. */
  private static double[] sums(double[] ofRows, int blocks) {
    SplittableRandom random =
        new SplittableRandom(RandomStream.of(0, "column-lending").child(blocks).seed());
    return IntStream.range(0, SAMPLES)
        .mapToDouble(i -> random.ints(blocks, 0, POINTS).mapToDouble(at -> ofRows[at]).sum())
        .sorted()
        .toArray();
  }
}
