package org.sgsars.crossbar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sgsars.device.Device.StuckAt;
import org.sgsars.device.WeightCells;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;

/** Layers of two rows and two columns on four physical rows. */
final class ProgrammedWeightsTest {
  private static final LayerShape LAYER = new LayerShape("fc", 2, 2);
  private static final float[] INITIAL = {0.1f, 0.2f, 0.3f, 0.4f};
  private static final int[] NONE = {};

  private static ProgrammedWeights weights(@Nullable WeightCells cells) {
    ProgrammedWeights weights = new ProgrammedWeights(LAYER, 4, cells);
    weights.programAll(INITIAL);
    return weights;
  }

  private static WeightCells oneCell() {
    return WeightCells.oneCell(4);
  }

  private static float[] read(ProgrammedWeights weights) {
    return new float[] {
      weights.weight(0, 0), weights.weight(0, 1), weights.weight(1, 0), weights.weight(1, 1)
    };
  }

  /** Changes a row's two weights where it was written, then moves rows. */
  private static void writeRow(
      ProgrammedWeights weights, int row, int place, float change, int[] moved, int[] to) {
    writeRow(weights, List.of(), row, place, change, moved, to);
  }

  private static void writeRow(
      ProgrammedWeights weights,
      List<CellFailure> failures,
      int row,
      int place,
      float change,
      int[] moved,
      int[] to) {
    weights.write(
        failures,
        new int[] {row, row},
        new int[] {place, place},
        new int[] {0, 1},
        new float[] {change, change},
        moved,
        to);
  }

  @Test
  void write_inPlace_addsTheChange() {
    ProgrammedWeights weights = weights(null);

    writeRow(weights, 1, 1, 0.5f, NONE, NONE);

    assertThat(read(weights)).containsExactly(0.1f, 0.2f, 0.3f + 0.5f, 0.4f + 0.5f);
  }

  @Test
  void write_thenExchanged_contentsMoveWithTheirChange() {
    ProgrammedWeights weights = weights(oneCell());

    writeRow(weights, 1, 1, 0.5f, new int[] {0, 1}, new int[] {1, 0});

    assertThat(read(weights)).containsExactly(0.1f, 0.2f, 0.3f + 0.5f, 0.4f + 0.5f);
    assertThat(weights.logicalRow(0)).isEqualTo(1);
    assertThat(weights.places(2)).containsExactly(1, 0);
  }

  @Test
  void write_outOfPlace_goesWhereTheRowWasWritten() {
    ProgrammedWeights weights = weights(oneCell());

    // Row 1 is written into place 3, whose padding goes to place 1.
    writeRow(weights, 1, 3, 0.5f, new int[] {1, 3}, new int[] {3, 1});

    assertThat(read(weights)).containsExactly(0.1f, 0.2f, 0.3f + 0.5f, 0.4f + 0.5f);
    assertThat(weights.places(2)).containsExactly(0, 3);
  }

  @Test
  void stick_atItsValue_takesNoFurtherChange() {
    ProgrammedWeights weights = weights(oneCell());
    weights.stick(List.of(new CellFailure(1, 0, StuckAt.VALUE)));

    writeRow(weights, 1, 1, 0.5f, NONE, NONE);

    assertThat(read(weights)).containsExactly(0.1f, 0.2f, 0.3f, 0.4f + 0.5f);
  }

  @Test
  void stick_atAnEnd_isReadAsThatEnd() {
    ProgrammedWeights weights = weights(oneCell());

    weights.stick(
        List.of(
            new CellFailure(0, 0, StuckAt.LOW_RESISTANCE),
            new CellFailure(1, 1, StuckAt.HIGH_RESISTANCE)));

    assertThat(read(weights)).containsExactly(2, 0.2f, 0.3f, -2);
  }

  /** What was read on the way is what arrives, and what was stuck stays behind. */
  @Test
  void write_rowLeavesAStuckCell_takesAlongWhatWasRead() {
    ProgrammedWeights weights = weights(oneCell());
    weights.stick(List.of(new CellFailure(1, 0, StuckAt.LOW_RESISTANCE)));

    writeRow(weights, 1, 1, 0.5f, new int[] {0, 1}, new int[] {1, 0});

    assertThat(read(weights)).containsExactly(2, 0.2f, 2, 0.4f + 0.5f);
  }

  /** The exchange writes what cell 0 of place 0 does not take; what lay there had left before. */
  @Test
  void write_moveKillsACell_theRowThatLeavesItIsWhole() {
    ProgrammedWeights weights = weights(oneCell());
    List<CellFailure> failures = List.of(new CellFailure(0, 0, StuckAt.LOW_RESISTANCE));

    writeRow(weights, failures, 1, 1, 0.5f, new int[] {0, 1}, new int[] {1, 0});

    assertThat(read(weights)).containsExactly(0.1f, 0.2f, 2, 0.4f + 0.5f);
  }

  /** Nothing is written where a row left a place to no other. */
  @Test
  void write_outOfPlace_placeLeftKeepsItsContent() {
    ProgrammedWeights weights = weights(oneCell());
    writeRow(weights, 1, 3, 0.5f, new int[] {1, 3}, new int[] {3, 1});

    // The cell dies when row 0 comes to place 1: it holds what row 1 left there.
    List<CellFailure> failures = List.of(new CellFailure(1, 0, StuckAt.VALUE));
    writeRow(weights, failures, 0, 1, 0.25f, new int[] {0, 3}, new int[] {1, 0});

    assertThat(read(weights)).containsExactly(0.3f, 0.2f + 0.25f, 0.3f + 0.5f, 0.4f + 0.5f);
  }

  @Test
  void write_beyondTheRange_isClipped() {
    ProgrammedWeights weights = weights(oneCell());

    writeRow(weights, 0, 0, 5, NONE, NONE);

    assertThat(read(weights)).containsExactly(2, 2, 0.3f, 0.4f);
  }

  /** The cell that counts for a weight is stuck; the one against it still works. */
  @Test
  void stick_oneOfAPair_theOtherGoesOn() {
    WeightCells pair = WeightCells.pair(4);
    ProgrammedWeights weights = weights(pair);
    // Cell 2 of physical row 0: the first of column 1.
    weights.stick(List.of(new CellFailure(0, 2, StuckAt.VALUE)));

    writeRow(weights, 0, 0, 0.5f, NONE, NONE);
    assertThat(weights.weight(0, 1)).isEqualTo(0.2f);

    writeRow(weights, 0, 0, -1, NONE, NONE);
    // Wanted: -0.8, which the second cell takes away from what the first cannot let go of.
    assertThat(weights.weight(0, 1)).isEqualTo(0.2f + (0.2f - 1));
  }

  /** Tile 1 holds column 1; tile 0 stays, and so does what is stuck under it. */
  @Test
  void moveTiles_otherCells_takeWhatWasReadAndGoOnAsTheyAreStuck() {
    ArrayShape tiles = new ArrayShape(new LayerShape("fc", 2, 2), 1, 0);
    ProgrammedWeights weights = new ProgrammedWeights(LAYER, 2, WeightCells.pair(4));
    weights.programAll(INITIAL);
    weights.stick(
        List.of(
            new CellFailure(0, 0, StuckAt.LOW_RESISTANCE),
            new CellFailure(0, 2, StuckAt.LOW_RESISTANCE)));
    assertThat(read(weights)).containsExactly(2, 2, 0.3f, 0.4f);

    // Tiles 1 and 3 are those of column 1. Under row 1's new one the second cell is stuck.
    weights.moveTiles(
        tiles,
        List.of(1, 3),
        List.of(
            new CellFailure(0, 0, StuckAt.LOW_RESISTANCE),
            new CellFailure(1, 3, StuckAt.LOW_RESISTANCE)));

    assertThat(read(weights)).containsExactly(2, 2, 0.3f, 0.4f - 2);
    writeRow(weights, 0, 0, -0.5f, NONE, NONE);
    // The first cell of weight 0 is stuck still; weight 1 has left the one that was.
    assertThat(read(weights)).containsExactly(2, 1.5f, 0.3f, 0.4f - 2);
  }

  /**
   * Row 0 comes to a crossbar with a stuck cell and leaves it for row 3 in the same iteration.
   * Verified writes take along what it was meant to hold, 0.1; others what was read, 2.
   */
  @Test
  void moveTiles_rowLeavesTheStuckCellAtOnce_isWholeWhereWritesAreVerified() {
    ArrayShape tiles = new ArrayShape(LAYER, 4, 0);
    List<CellFailure> stuck = List.of(new CellFailure(0, 0, StuckAt.LOW_RESISTANCE));
    for (boolean verifies : new boolean[] {true, false}) {
      ProgrammedWeights weights = new ProgrammedWeights(LAYER, 4, oneCell(), verifies);
      weights.programAll(INITIAL);

      weights.moveTiles(tiles, List.of(0), stuck);
      writeRow(weights, 1, 1, 0.5f, new int[] {0, 3}, new int[] {3, 0});

      assertThat(read(weights))
          .containsExactly(verifies ? 0.1f : 2, 0.2f, 0.3f + 0.5f, 0.4f + 0.5f);
    }
  }

  /** In a later iteration the row takes along what could be read. */
  @Test
  void moveTiles_rowLeavesTheStuckCellLater_takesAlongWhatWasRead() {
    ProgrammedWeights weights = new ProgrammedWeights(LAYER, 4, oneCell(), true);
    weights.programAll(INITIAL);
    weights.moveTiles(
        new ArrayShape(LAYER, 4, 0),
        List.of(0),
        List.of(new CellFailure(0, 0, StuckAt.LOW_RESISTANCE)));
    writeRow(weights, 1, 1, 0.5f, NONE, NONE);

    writeRow(weights, 1, 1, 0.5f, new int[] {0, 3}, new int[] {3, 0});

    assertThat(weights.weight(0, 0)).isEqualTo(2);
  }

  @Test
  void restore_saved_continuesAlike() throws Exception {
    ProgrammedWeights weights = weights(oneCell());
    weights.stick(List.of(new CellFailure(1, 0, StuckAt.VALUE)));
    writeRow(weights, 1, 1, 0.5f, new int[] {0, 1}, new int[] {1, 0});
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    weights.save(new DataOutputStream(saved));

    ProgrammedWeights restored = new ProgrammedWeights(LAYER, 4, oneCell());
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    for (ProgrammedWeights each : List.of(weights, restored)) {
      writeRow(each, 0, 1, 0.25f, new int[] {0, 1}, new int[] {0, 1});
    }

    assertThat(read(restored)).containsExactly(read(weights));
    assertThat(read(restored)).containsExactly(0.3f, 0.2f + 0.25f, 0.3f, 0.4f + 0.5f);
  }
}
