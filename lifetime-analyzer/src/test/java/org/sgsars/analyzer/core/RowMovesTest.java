package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RowMovesTest {
  /** Two rows with weights and one without, in their own places. */
  private final RowMoves moves = new RowMoves(2, new int[] {0, 1, 2});

  @Test
  void add_rowsLieElsewhere_countsEachReportInWhichTheyDo() {
    moves.add(new int[] {2, 1, 0}, new int[3], 0);
    moves.add(new int[] {2, 1, 0}, new int[3], 0);
    moves.add(new int[] {1, 0, 2}, new int[3], 0);

    assertThat(moves.moves()).containsExactly(2, 1);
    assertThat(moves.firstLost()).isEmpty();
  }

  @Test
  void add_weightsAreLost_keepsWhereTheFirstWere() {
    moves.add(new int[] {2, 1, 0}, new int[] {5, 0, 0}, 0);
    moves.add(new int[] {2, 1, 0}, new int[] {5, 0, 1}, 3);
    moves.add(new int[] {2, 1, 0}, new int[] {5, 4, 1}, 7);

    assertThat(moves.firstLost()).containsExactly(2);
  }

  @Test
  void add_weightsHaveLeftTheFailedRow_knowsNoPlace() {
    moves.add(new int[] {2, 1, 0}, new int[] {1, 0, 0}, 1);

    assertThat(moves.firstLost()).isEmpty();
  }
}
