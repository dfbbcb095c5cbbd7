package org.sgsars.sgs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.wire.RowWear;

final class WearBoardTest {
  private final WearBoard board = new WearBoard();

  private void take(long iteration, long writes) {
    board.take(new RowWear("r", 0, 1, iteration, List.of(writes)));
  }

  private boolean has(long iteration) {
    return board.find("r", 0, 1, iteration).isPresent();
  }

  @Test
  void find_layerHere_isEverythingItMayStillNeed() {
    board.join("r", 0, 1, 101);
    take(100, 1);
    take(200, 2);
    take(300, 3);

    assertThat(has(100)).isFalse();
    assertThat(board.find("r", 0, 1, 200).orElseThrow()).containsExactly(2);
    assertThat(has(300)).isTrue();
  }

  @Test
  void join_later_forgetsWhatIsUsed() {
    board.join("r", 0, 1, 0);
    take(100, 1);
    take(200, 2);

    board.join("r", 0, 1, 101);

    assertThat(has(100)).isFalse();
    assertThat(has(200)).isTrue();
  }

  /** A layer that comes later begins at its beginning: what it needs first has not come yet. */
  @Test
  void take_layerElsewhere_keepsTheLastOnly() {
    take(100, 1);
    take(200, 2);

    assertThat(has(100)).isFalse();
    assertThat(has(200)).isTrue();
  }

  @Test
  void take_repeated_changesNothing() {
    board.join("r", 0, 1, 0);
    take(100, 1);
    take(100, 9);

    assertThat(board.find("r", 0, 1, 100).orElseThrow()).containsExactly(1);
  }
}
