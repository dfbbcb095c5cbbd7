package org.sgsars.crossbar.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.device.Device;

/**
 * Which cells under a layer's array are worn out. For each row it knows after how many writes the
 * next cell fails, so that a write costs one comparison until then. All of that follows from the
 * writes; only failures that were not asked for yet have to be saved.
 */
final class WornCells {
  /** Draws for numbers of writes that were asked for last. */
  private static final int REMEMBERED = 1024;

  /**
   * Cells of one row that have the same writes.
   *
   * @param row where their draws begin
   * @param firstCell number of the first in the draws
   * @param cells how many
   * @param firstNumber number of the first in the layer's row; negative if the layer does not use
   *     them
   * @param beyond writes that they have beyond the row's own count
   * @param grows whether they are written when the row is; otherwise {@code beyond} is all they
   *     have
   */
  record Group(long row, int firstCell, int cells, int firstNumber, long beyond, boolean grows) {}

  private final Device device;
  private final long[] rememberedWrites = new long[REMEMBERED];
  private final long[] rememberedDraws = new long[REMEMBERED];

  /** Writes that a row takes before the next of its cells fails; 0 while nobody has looked. */
  private final long[] next;

  private final long[] appliedAt;
  private final int[] failedInRow;

  /** Weights of the layer, per row, of which a cell is worn out. */
  private final int[] lostInRow;

  private long failed;
  private List<CellFailure> failures = new ArrayList<>();

  WornCells(Device device, int physicalRows) {
    this.device = device;
    this.next = new long[physicalRows];
    this.appliedAt = new long[physicalRows];
    this.failedInRow = new int[physicalRows];
    this.lostInRow = new int[physicalRows];
  }

  int cellsPerWeight() {
    return device.cellsPerWeight();
  }

  /** Cells that are worn out now, all together. */
  long failed() {
    return failed;
  }

  int failedInRow(int row) {
    return failedInRow[row];
  }

  /** Weights' places of a row that the layer uses and of which a cell is worn out. */
  int lostInRow(int row) {
    return lostInRow[row];
  }

  /** Whether some cell of a row does not switch, or may not. */
  boolean mayHaveFailures(int row) {
    return failedInRow[row] > 0 || device.stuckShare() > 0;
  }

  /** Whether some cell of a row fails at so many writes of the row. */
  boolean isDue(int row, long rowWrites) {
    return rowWrites > next[row];
  }

  /** Failures since the last call. */
  List<CellFailure> drainFailures() {
    List<CellFailure> drained = failures;
    failures = new ArrayList<>();
    return drained;
  }

  void saveFailures(DataOutput out) throws IOException {
    out.writeInt(failures.size());
    for (CellFailure failure : failures) {
      out.writeInt(failure.physicalRow());
      out.writeInt(failure.cell());
      out.writeUTF(failure.stuckAt().name());
    }
  }

  /**
   * Reads what {@link #saveFailures} wrote; nothing else counts as a failure that is to be told.
   */
  void restoreFailures(DataInput in) throws IOException {
    failures = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      failures.add(
          new CellFailure(in.readInt(), in.readInt(), Device.StuckAt.valueOf(in.readUTF())));
    }
  }

  private long firstSurviving(long writes) {
    int slot = (int) (writes % REMEMBERED);
    if (rememberedWrites[slot] != writes) {
      rememberedWrites[slot] = writes;
      rememberedDraws[slot] = device.firstSurviving(writes);
    }
    return rememberedDraws[slot];
  }

  /**
   * Lets the cells fail that do not survive the row's writes.
   *
   * @param anew whether all that have failed count as new failures, because the row's cells are
   *     others than before
   */
  void applyWear(int row, long rowWrites, List<Group> groups, boolean anew) {
    long nextWrites = Long.MAX_VALUE;
    int inRow = 0;
    int lost = 0;
    for (Group group : groups) {
      int lastLost = -1;
      long now = group.beyond + (group.grows ? rowWrites : 0);
      long before = group.beyond + (group.grows ? appliedAt[row] : 0);
      long limit = firstSurviving(now);
      long limitBefore = anew ? 0 : firstSurviving(before);
      long weakest = Device.DRAWS - 1;
      for (int i = 0; i < group.cells; i++) {
        int cell = group.firstCell + i;
        long draw = Device.draw(group.row, cell);
        if (draw >= limit) {
          weakest = Math.min(weakest, draw);
        } else if (device.stuckWhenFresh(group.row, cell).isEmpty()) {
          inRow++;
          int weight = (group.firstNumber + i) / cellsPerWeight();
          if (group.firstNumber >= 0 && weight != lastLost) {
            lost++;
            lastLost = weight;
          }
          if (draw >= limitBefore && group.firstNumber >= 0) {
            failures.add(worn(row, group.firstNumber + i, group.row, cell));
          }
        }
      }
      if (group.grows) {
        nextWrites = Math.min(nextWrites, Math.max(device.endurance(weakest), now) - group.beyond);
      }
    }
    failed += inRow - failedInRow[row];
    failedInRow[row] = inRow;
    lostInRow[row] = lost;
    appliedAt[row] = rowWrites;
    next[row] = nextWrites;
  }

  /** Adds the cells that are stuck when fresh to the failures; how many they are. */
  int stuckWhenFresh(int row, List<Group> groups) {
    int before = failures.size();
    for (Group group : groups) {
      for (int i = 0; i < group.cells && group.firstNumber >= 0 && device.stuckShare() > 0; i++) {
        int number = group.firstNumber + i;
        Optional<Device.StuckAt> stuck = device.stuckWhenFresh(group.row, group.firstCell + i);
        stuck.ifPresent(at -> failures.add(new CellFailure(row, number, at)));
      }
    }
    return failures.size() - before;
  }

  /**
   * A single weight was written.
   *
   * @param draws where those of its row begin
   * @param writesBefore that its cells had when they were last asked for
   * @param writes that they have now
   */
  void writeWeight(int row, long draws, int column, long writesBefore, long writes) {
    long limit = firstSurviving(writes);
    long limitBefore = firstSurviving(writesBefore);
    int firstCell = column * cellsPerWeight();
    boolean wasLost = false;
    boolean isLost = false;
    for (int cell = firstCell; cell < firstCell + cellsPerWeight(); cell++) {
      long draw = Device.draw(draws, cell);
      if (draw >= limit || device.stuckWhenFresh(draws, cell).isPresent()) {
        continue;
      }
      if (draw >= limitBefore) {
        failedInRow[row]++;
        failed++;
        failures.add(worn(row, cell, draws, cell));
        isLost = true;
      } else {
        wasLost = true;
      }
    }
    lostInRow[row] += isLost && !wasLost ? 1 : 0;
  }

  private CellFailure worn(int row, int number, long draws, int cell) {
    return new CellFailure(row, number, device.stuckWhenWorn(draws, cell));
  }
}
