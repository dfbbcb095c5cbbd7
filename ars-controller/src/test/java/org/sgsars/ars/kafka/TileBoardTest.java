package org.sgsars.ars.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.ars.core.TileState;
import org.sgsars.wire.TileWear;

final class TileBoardTest {
  private final TileBoard board = new TileBoard();

  private void take(int layer, int tile, long iteration) {
    board.take(new TileWear("r", 0, layer, iteration, tile, 0, 0, 1, 0L, List.of(1L)));
  }

  private boolean isComplete(long iteration) {
    return board.all("r", 0, iteration, 3).isPresent();
  }

  @Test
  void all_tilesMissing_isNothingYet() {
    take(1, 0, 100);
    take(0, 1, 100);
    assertThat(isComplete(100)).isFalse();
    take(0, 0, 100);

    // However they come, they stand in the order of layers and numbers.
    assertThat(board.all("r", 0, 100, 3).orElseThrow())
        .extracting(TileState::layer, TileState::tile)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, 0),
            org.assertj.core.groups.Tuple.tuple(0, 1),
            org.assertj.core.groups.Tuple.tuple(1, 0));
  }

  @Test
  void take_roundThatALayerHereStillNeeds_isKept() {
    board.join("r", 0, 0, 0);
    board.join("r", 0, 1, 101);
    for (long iteration : new long[] {100, 200}) {
      take(0, 0, iteration);
      take(0, 1, iteration);
      take(1, 0, iteration);
    }
    assertThat(isComplete(100)).isTrue();

    board.join("r", 0, 0, 101);

    assertThat(isComplete(100)).isFalse();
    assertThat(isComplete(200)).isTrue();
  }

  @Test
  void leave_lastLayerHere_keepsTheLastRoundOnly() {
    board.join("r", 0, 0, 0);
    take(0, 0, 100);
    take(0, 0, 200);

    board.leave("r", 0, 0);

    assertThat(board.all("r", 0, 100, 1)).isEmpty();
    assertThat(board.all("r", 0, 200, 1)).isPresent();
  }
}
