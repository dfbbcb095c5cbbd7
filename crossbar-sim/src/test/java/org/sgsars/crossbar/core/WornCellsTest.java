package org.sgsars.crossbar.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Device;
import org.sgsars.device.Device.StuckAt;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** Arrays whose cells fail, against counting and comparing every cell for itself. */
final class WornCellsTest {
  private static final int COLUMNS = 6;

  /** Five logical rows in two crossbars of four rows, and two crossbars side by side. */
  private static final ArrayShape SHAPE = new ArrayShape(new LayerShape("fc", 5, COLUMNS), 4, 0);

  private static Device device(String kind, Map<String, Object> others) {
    return Policies.onClassPath()
        .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
        .bind(new PolicyChoice(kind, others))
        .create(1);
  }

  private static CrossbarArray array(Device device) {
    return new CrossbarArray(new DeviceCells(device, 0, List.of(SHAPE)));
  }

  @Test
  void updateRows_constantEndurance_wholeRowFailsAtTheWriteItDoesNotSurvive() {
    CrossbarArray array = array(device("constant", Map.of("writes", 3.0)));

    for (int i = 0; i < 3; i++) {
      array.updateRows(new int[] {2});
    }
    assertThat(array.failedCells()).isZero();
    array.level(new int[] {2});

    assertThat(array.failedCells()).isEqualTo(COLUMNS);
    assertThat(array.failedCellsByRow()).containsExactly(0, 0, COLUMNS, 0, 0, 0, 0, 0);
    CrossbarArray.Failures failures = array.drainFailures();
    assertThat(failures.all()).isFalse();
    assertThat(failures.failures())
        .hasSize(COLUMNS)
        .first()
        .isEqualTo(new CellFailure(2, 0, StuckAt.VALUE));
    array.updateRows(new int[] {2});
    assertThat(array.drainFailures().failures()).isEmpty();
  }

  @Test
  void updateCells_constantEndurance_onlyTheWrittenWeightFails() {
    CrossbarArray array =
        array(
            device(
                "constant",
                Map.of("writes", 1.0, "mapping", "differential-pair", "wornAs", "high")));

    array.updateCells(new int[] {2, 3}, new int[] {1, 1});
    assertThat(array.failedCells()).isZero();
    array.updateCells(new int[] {2}, new int[] {1});

    assertThat(array.failedCells()).isEqualTo(2);
    assertThat(array.drainFailures().failures())
        .containsExactly(
            new CellFailure(2, 2, StuckAt.HIGH_RESISTANCE),
            new CellFailure(2, 3, StuckAt.HIGH_RESISTANCE));
  }

  @Test
  void drainFailures_freshArray_areTheCellsThatAreStuck() {
    Device device = device("constant", Map.of("stuckLow", 0.25, "stuckHigh", 0.25));
    CrossbarArray array = array(device);

    List<CellFailure> stuck = array.drainFailures().failures();

    assertThat(stuck).hasSize((int) array.stuckCells()).hasSizeBetween(8, 40);
    assertThat(stuck)
        .allSatisfy(
            cell ->
                assertThat(
                        device.stuckWhenFresh(
                            Device.row(device.layer(SHAPE.layer().name()), cell.physicalRow()),
                            cell.cell()))
                    .contains(cell.stuckAt()));
    assertThat(array.failedCells()).isZero();
  }

  /** Writes of every cell, counted one by one. */
  private static final class EveryCell {
    private final Device device;
    private final int cells;
    private final long[][] writes;

    EveryCell(Device device) {
      this.device = device;
      this.cells = COLUMNS * device.cellsPerWeight();
      this.writes = new long[SHAPE.physicalRows()][cells];
    }

    void write(int row, int firstColumn, int columns) {
      int perWeight = device.cellsPerWeight();
      for (int c = firstColumn * perWeight; c < (firstColumn + columns) * perWeight; c++) {
        writes[row][c]++;
      }
    }

    Set<CellFailure> failures() {
      Set<CellFailure> failures = new HashSet<>();
      for (int row = 0; row < writes.length; row++) {
        long draws = Device.row(device.layer(SHAPE.layer().name()), row);
        for (int cell = 0; cell < cells; cell++) {
          int at = cell;
          int of = row;
          device
              .stuckWhenFresh(draws, cell)
              .ifPresent(stuck -> failures.add(new CellFailure(of, at, stuck)));
          if (device.stuckWhenFresh(draws, cell).isEmpty()
              && writes[row][cell] > device.endurance(Device.draw(draws, cell))) {
            failures.add(new CellFailure(row, cell, device.stuckWhenWorn(draws, cell)));
          }
        }
      }
      return failures;
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void failures_anyWrites_areThoseOfEveryCellForItself(long seed) throws Exception {
    Device device =
        device(
            "lognormal",
            Map.of(
                "median",
                40.0,
                "spread",
                0.5,
                "seed",
                seed,
                "mapping",
                "bit-slices",
                "stuckLow",
                0.02,
                "wornAs",
                "either"));
    CrossbarArray array = array(device);
    EveryCell expected = new EveryCell(device);
    SplittableRandom random = new SplittableRandom(seed);
    List<CellFailure> said = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int row = random.nextInt(SHAPE.physicalRows());
      // Single cells come into it only later.
      if (i > 200 && random.nextBoolean()) {
        int column = random.nextInt(COLUMNS);
        array.updateCells(new int[] {row}, new int[] {column});
        expected.write(row, column, 1);
      } else {
        array.updateRows(new int[] {row});
        expected.write(row, 0, COLUMNS);
      }
      said.addAll(array.drainFailures().failures());
    }

    assertThat(said).doesNotHaveDuplicates();
    assertThat(new HashSet<>(said)).isEqualTo(expected.failures());
    assertThat(array.failedCells()).isEqualTo(said.size() - array.stuckCells()).isPositive();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    array.save(new DataOutputStream(bytes));
    CrossbarArray copy = array(device);
    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(copy.failedCellsByRow()).containsExactly(array.failedCellsByRow());
    assertThat(copy.drainFailures().failures()).isEmpty();
  }

  /**
   * Two layers of one crossbar each of four columns; the first uses two. After four writes of all
   * its rows its content moves to the other's crossbar, and the other's to its.
   */
  @Test
  void moveTiles_contentsChangeCrossbars_cellsStayWhereTheyAre() throws Exception {
    ArrayShape narrow = new ArrayShape(new LayerShape("a", 4, 2), 4, 0);
    ArrayShape wide = new ArrayShape(new LayerShape("b", 4, 4), 4, 0);
    Device device = device("constant", Map.of("writes", 3.0));
    CrossbarArray a = new CrossbarArray(new DeviceCells(device, 0, List.of(narrow, wide)));
    CrossbarArray b = new CrossbarArray(new DeviceCells(device, 1, List.of(narrow, wide)));
    for (int i = 0; i < 4; i++) {
      a.updateAll();
    }
    assertThat(a.failedCells()).isEqualTo(8);

    // Blocks of two columns: crossbar 0 has four writes in the first, crossbar 1 none.
    long[] wearOfA = {4, 0, 4, 0, 4, 0, 4, 0};
    a.moveTiles(2, new int[] {0}, new int[] {1}, new int[] {2}, List.of(new long[8]));
    b.moveTiles(2, new int[] {0}, new int[] {0}, new int[] {0}, List.of(wearOfA));

    assertThat(a.failedCells()).isZero();
    assertThat(a.drainFailures()).isEqualTo(new CrossbarArray.Failures(true, List.of()));
    // What a wore out is under b now, in the columns that a used.
    assertThat(b.failedCells()).isEqualTo(8);
    CrossbarArray.Failures failures = b.drainFailures();
    assertThat(failures.all()).isTrue();
    assertThat(failures.failures()).extracting(CellFailure::cell).containsOnly(0, 1);
    // The move was one write; two more, and the other columns of b fail at the next.
    b.updateAll();
    b.updateAll();
    assertThat(b.failedCells()).isEqualTo(8);
    b.updateAll();
    assertThat(b.failedCells()).isEqualTo(16);
    assertThat(b.drainFailures().failures()).extracting(CellFailure::cell).containsOnly(2, 3);
  }

  /** Rows of other crossbars lie where they lay, with what they had of failures and writes. */
  @Test
  void moveTiles_anotherTileMoves_rowsBesideItKeepFailuresAndWrites() {
    CrossbarArray array = array(device("constant", Map.of("writes", 3.0)));
    for (int i = 0; i < 4; i++) {
      array.updateRows(new int[] {2});
    }
    for (int i = 0; i < 3; i++) {
      array.updateRows(new int[] {1});
    }
    array.drainFailures();

    // The first tile of rows 4 to 7 comes to where it lies, which was fresh.
    array.moveTiles(2, new int[] {2}, new int[] {2}, new int[] {0}, List.of(new long[8]));

    CrossbarArray.Failures failures = array.drainFailures();
    assertThat(failures.all()).isTrue();
    assertThat(failures.failures()).extracting(CellFailure::physicalRow).containsOnly(2).hasSize(6);
    array.updateRows(new int[] {1});
    assertThat(array.drainFailures().failures())
        .extracting(CellFailure::physicalRow)
        .containsOnly(1)
        .hasSize(6);
    // The move was a write of that tile: its four columns fail before the two of the other.
    for (int i = 0; i < 3; i++) {
      array.updateRows(new int[] {4});
    }
    assertThat(array.drainFailures().failures())
        .extracting(CellFailure::cell)
        .containsExactly(0, 1, 2, 3);
    array.updateRows(new int[] {4});
    assertThat(array.drainFailures().failures())
        .extracting(CellFailure::cell)
        .containsExactly(4, 5);
  }

  /** The crossbar it came to had fewer writes than the one it left. */
  @Test
  void restore_contentCameToALessWornCrossbar_isTheSame() throws Exception {
    ArrayShape narrow = new ArrayShape(new LayerShape("a", 4, 2), 4, 0);
    ArrayShape wide = new ArrayShape(new LayerShape("b", 4, 4), 4, 0);
    DeviceCells cells =
        new DeviceCells(device("constant", Map.of("writes", 3.0)), 0, List.of(narrow, wide));
    CrossbarArray array = new CrossbarArray(cells);
    for (int i = 0; i < 9; i++) {
      array.updateAll();
    }
    array.moveTiles(2, new int[] {0}, new int[] {1}, new int[] {2}, List.of(new long[8]));
    array.drainFailures();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    array.save(new DataOutputStream(bytes));

    CrossbarArray copy = new CrossbarArray(cells);
    copy.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    // The move was one write; the fourth is one too many for the two columns in use.
    for (CrossbarArray each : List.of(array, copy)) {
      each.updateAll();
      each.updateAll();
      assertThat(each.failedCells()).isZero();
      each.updateAll();
      assertThat(each.failedCells()).isEqualTo(8);
      assertThat(each.drainFailures().failures()).hasSize(8);
    }
  }
}
