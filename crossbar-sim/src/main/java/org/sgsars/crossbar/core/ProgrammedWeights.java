package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sgsars.device.Device;
import org.sgsars.device.WeightCells;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;

/**
 * What the cells of one layer's array hold. A write programs cells to what could be read from them
 * plus the change; a row that moves is read where it lies and programmed where it goes. A cell that
 * no longer switches takes no part in that: whatever is written, it contributes what it is stuck
 * at, and what moves on from there is what could be read. Where writes are verified, a row that is
 * written and moves in the same iteration continues from what it was meant to hold, as the place
 * that did not take it is why it moves. So does a row that comes to worn-out cells of another
 * crossbar and leaves them in the same iteration.
 */
public final class ProgrammedWeights {
  /** A weight of which some cell is stuck. */
  private record Stuck(boolean[] isStuck, float[] contributions) {}

  private final LayerShape layer;
  private final int columns;
  private final int[] logicalToPhysical;
  private final int[] physicalToLogical;

  /** What can be read, by physical row, then column. */
  private final float[] weights;

  /** By index into the weights. */
  private final Map<Integer, Stuck> stuck = new TreeMap<>();

  private final @Nullable WeightCells cells;
  private final boolean verifies;

  /** By physical row, what rows of moved tiles were meant to hold, until the iteration is over. */
  private final Map<Integer, float[]> arrived = new HashMap<>();

  /**
   * Weights of 0, whose writes nobody verifies.
   *
   * @param cells how they are held; {@code null} where no device is modelled
   */
  public ProgrammedWeights(LayerShape layer, int physicalRows, @Nullable WeightCells cells) {
    this(layer, physicalRows, cells, false);
  }

  /**
   * Weights of 0.
   *
   * @param cells how they are held; {@code null} where no device is modelled
   * @param verifies whether rows that do not take a write move in the same iteration
   */
  public ProgrammedWeights(
      LayerShape layer, int physicalRows, @Nullable WeightCells cells, boolean verifies) {
    this.verifies = verifies;
    this.layer = layer;
    this.columns = layer.columns();
    this.cells = cells;
    this.logicalToPhysical = new int[physicalRows];
    this.physicalToLogical = new int[physicalRows];
    Arrays.setAll(logicalToPhysical, row -> row);
    Arrays.setAll(physicalToLogical, row -> row);
    this.weights = new float[Math.multiplyExact(physicalRows, columns)];
  }

  /** Cells that do not switch from now on. */
  public void stick(List<CellFailure> failures) {
    WeightCells holding = cells;
    if (holding == null) {
      return;
    }
    for (CellFailure failure : failures) {
      int index = index(failure, holding);
      int cell = failure.cell() % holding.count();
      Stuck weight =
          stuck.computeIfAbsent(
              index,
              at -> new Stuck(new boolean[holding.count()], holding.contributions(weights[index])));
      weight.isStuck[cell] = true;
      if (failure.stuckAt() != Device.StuckAt.VALUE) {
        weight.contributions[cell] = holding.contribution(cell, failure.stuckAt());
      }
      weights[index] = sum(weight.contributions);
    }
  }

  private static float sum(float[] contributions) {
    float sum = 0;
    for (float contribution : contributions) {
      sum += contribution;
    }
    return sum;
  }

  private void program(int physicalRow, int column, float weight) {
    int index = physicalRow * columns + column;
    WeightCells holding = cells;
    if (holding == null) {
      weights[index] = weight;
      return;
    }
    float wanted = holding.clipped(weight);
    Stuck held = stuck.get(index);
    if (held == null) {
      weights[index] = wanted;
      return;
    }
    float[] contributions = holding.contributions(wanted);
    for (int cell = 0; cell < contributions.length; cell++) {
      if (!held.isStuck[cell]) {
        held.contributions[cell] = contributions[cell];
      }
    }
    weights[index] = sum(held.contributions);
  }

  private void program(int physicalRow, float[] row) {
    for (int column = 0; column < columns; column++) {
      program(physicalRow, column, row[column]);
    }
  }

  private float[] read(int physicalRow) {
    return Arrays.copyOfRange(weights, physicalRow * columns, (physicalRow + 1) * columns);
  }

  /**
   * Programs every weight.
   *
   * @param initial by logical row, then column
   */
  public void programAll(float[] initial) {
    for (int row = 0; row < layer.rows(); row++) {
      program(
          logicalToPhysical[row], Arrays.copyOfRange(initial, row * columns, (row + 1) * columns));
    }
  }

  /**
   * Contents of some tiles lie on other cells from now on: they are read, and programmed into what
   * works of their new cells.
   *
   * @param shape the layer's array
   * @param tiles numbers of those that moved, each as often as it moved
   * @param failures all cells under the layer that do not switch now, those under the moved tiles
   *     stuck at an end of their range
   */
  public void moveTiles(ArrayShape shape, List<Integer> tiles, List<CellFailure> failures) {
    WeightCells holding = cells;
    // Most iterations move none, and all weights are copied below.
    if (holding == null || tiles.isEmpty()) {
      return;
    }
    BitSet moved = new BitSet();
    tiles.forEach(tile -> mark(shape, tile, moved));
    float[] contents = weights.clone();
    if (verifies) {
      moved.stream().map(at -> at / columns).distinct().forEach(row -> arrived.put(row, read(row)));
    }
    stuck.keySet().removeIf(moved::get);
    stick(failures.stream().filter(failure -> moved.get(index(failure, holding))).toList());
    moved.stream().forEach(at -> program(at / columns, at % columns, contents[at]));
  }

  private void mark(ArrayShape shape, int tile, BitSet marked) {
    int column = tile % shape.tileColumns();
    int firstRow = shape.firstRow(tile);
    for (int row = firstRow; row < firstRow + shape.crossbarSize(); row++) {
      int from = row * columns + column * shape.crossbarSize();
      marked.set(from, from + shape.usedColumns(column));
    }
  }

  private int index(CellFailure failure, WeightCells holding) {
    return failure.physicalRow() * columns + failure.cell() / holding.count();
  }

  /**
   * One iteration: rows that will move are read; cells fail; weights change where they lie; rows
   * that move are programmed where they go. A row that was written elsewhere than where it lay goes
   * there with its change. Rows without weights hold nothing that would be programmed.
   *
   * @param failures cells that do not take what is written in this iteration
   * @param logicalRows of the cells that change, ascending
   * @param physicalRows where each was written
   * @param cellColumns column of each
   * @param changes of each
   * @param movedLogicalRows rows that lie elsewhere afterwards, ascending
   * @param movedToPhysicalRows where they lie then
   */
  public void write(
      List<CellFailure> failures,
      int[] logicalRows,
      int[] physicalRows,
      int[] cellColumns,
      float[] changes,
      int[] movedLogicalRows,
      int[] movedToPhysicalRows) {
    Map<Integer, float[]> moving = new TreeMap<>();
    // All are read before any is overwritten, and before the write that a cell does not take.
    for (int row : movedLogicalRows) {
      if (row < layer.rows()) {
        int place = logicalToPhysical[row];
        moving.put(row, arrived.getOrDefault(place, read(place)));
      }
    }
    arrived.clear();
    stick(failures);
    for (int i = 0; i < logicalRows.length; i++) {
      int before = logicalToPhysical[logicalRows[i]];
      int index = before * columns + cellColumns[i];
      float[] content = moving.get(logicalRows[i]);
      if (content == null || physicalRows[i] == before) {
        program(before, cellColumns[i], weights[index] + changes[i]);
      }
      if (content != null) {
        content[cellColumns[i]] =
            physicalRows[i] == before && !verifies
                ? weights[index]
                : content[cellColumns[i]] + changes[i];
      }
    }
    for (int i = 0; i < movedLogicalRows.length; i++) {
      lie(movedLogicalRows[i], movedToPhysicalRows[i]);
    }
    moving.forEach((row, content) -> program(logicalToPhysical[row], content));
  }

  /** Where each of the first logical rows lies. */
  public int[] places(int logicalRows) {
    return Arrays.copyOf(logicalToPhysical, logicalRows);
  }

  /** The logical row that lies in a physical row. */
  public int logicalRow(int physicalRow) {
    return physicalToLogical[physicalRow];
  }

  private void lie(int logicalRow, int physicalRow) {
    logicalToPhysical[logicalRow] = physicalRow;
    physicalToLogical[physicalRow] = logicalRow;
  }

  /** A weight as it can be read. */
  public float weight(int logicalRow, int column) {
    return weights[logicalToPhysical[logicalRow] * columns + column];
  }

  /**
   * Writes everything.
   *
   * @throws IOException if writing fails
   */
  public void save(DataOutput out) throws IOException {
    for (int row : logicalToPhysical) {
      out.writeInt(row);
    }
    for (float weight : weights) {
      out.writeFloat(weight);
    }
    out.writeInt(stuck.size());
    for (Map.Entry<Integer, Stuck> entry : stuck.entrySet()) {
      out.writeInt(entry.getKey());
      for (int cell = 0; cell < entry.getValue().isStuck.length; cell++) {
        out.writeBoolean(entry.getValue().isStuck[cell]);
        out.writeFloat(entry.getValue().contributions[cell]);
      }
    }
  }

  /** Reads what {@link #save} wrote into fresh weights of the same layer. */
  public void restore(DataInput in) throws IOException {
    for (int row = 0; row < logicalToPhysical.length; row++) {
      lie(row, in.readInt());
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readFloat();
    }
    int count = in.readInt();
    int perWeight = cells == null ? 0 : cells.count();
    for (int i = 0; i < count; i++) {
      Stuck weight = new Stuck(new boolean[perWeight], new float[perWeight]);
      stuck.put(in.readInt(), weight);
      for (int cell = 0; cell < perWeight; cell++) {
        weight.isStuck[cell] = in.readBoolean();
        weight.contributions[cell] = in.readFloat();
      }
    }
  }
}
