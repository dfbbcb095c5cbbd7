package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.sgsars.device.SizeLimits;
import org.sgsars.model.ArrayShape;

/** Writes that single cells of an array got by themselves. */
final class CellCounts {
  private final int columns;
  private final int[] writes;

  /**
   * @throws IllegalArgumentException if there are too many cells for a count of each
   */
  CellCounts(ArrayShape shape) {
    this.columns = shape.layer().columns();
    if (shape.cells() > SizeLimits.MOST_CELLS_APART) {
      throw new IllegalArgumentException(
          "%d x %d cells cannot be counted one by one; at most %d can"
              .formatted(shape.physicalRows(), columns, SizeLimits.MOST_CELLS_APART));
    }
    this.writes = new int[Math.toIntExact(shape.cells())];
  }

  int of(int row, int column) {
    return writes[row * columns + column];
  }

  /**
   * @throws IllegalArgumentException if the cell has as many as can be counted
   */
  void add(int row, int column) {
    int cell = row * columns + column;
    if (writes[cell] == SizeLimits.MOST_ITERATIONS_OF_CELLS) {
      throw new IllegalArgumentException(
          "the cell in row %d, column %d was written %d times by itself; more cannot be counted"
              .formatted(row, column, writes[cell]));
    }
    writes[cell]++;
  }

  void save(DataOutput out) throws IOException {
    for (int count : writes) {
      out.writeInt(count);
    }
  }

  void restore(DataInput in) throws IOException {
    for (int cell = 0; cell < writes.length; cell++) {
      writes[cell] = in.readInt();
    }
  }
}
