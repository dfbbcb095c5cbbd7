package org.sgsars.sgs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.WireException;
import org.sgsars.wire.RowWear;

final class WearBoardTest {
  private final WearBoard board = new WearBoard();

  /** One row, wear every 100 iterations, 1000 iterations. */
  private static final WearBoard.Rules RULES = new WearBoard.Rules(1, 100, 1000);

  private void take(long iteration, Long... writes) throws WireException {
    board.take(new RowWear("r", 0, 1, iteration, List.of(writes)));
  }

  private boolean has(long iteration) {
    return board.find("r", 0, 1, iteration).isPresent();
  }

  @Test
  void find_layerHere_isEverythingItMayStillNeed() throws Exception {
    board.join("r", 0, 1, 101, RULES);
    take(100, 1L);
    take(200, 2L);
    take(300, 3L);

    assertThat(has(100)).isFalse();
    assertThat(board.find("r", 0, 1, 200).orElseThrow()).containsExactly(2);
    assertThat(has(300)).isTrue();
  }

  @Test
  void join_later_forgetsWhatIsUsed() throws Exception {
    board.join("r", 0, 1, 0, RULES);
    take(100, 1L);
    take(200, 2L);

    board.join("r", 0, 1, 101, RULES);

    assertThat(has(100)).isFalse();
    assertThat(has(200)).isTrue();
  }

  @Test
  void take_layerElsewhere_keepsNothingAndAsksForItWhenTheLayerComes() throws Exception {
    take(100, 1L);

    assertThat(has(100)).isFalse();
    board.join("r", 0, 1, 0, RULES);

    assertThat(board.takeRewind()).isTrue();
    take(100, 1L);
    assertThat(has(100)).isTrue();
  }

  @Test
  void take_wearThatDoesNotFitTheRun_isRefused() {
    board.join("r", 0, 1, 0, RULES);

    assertThatThrownBy(() -> take(150, 1L))
        .hasMessage(
            "wear of run r, layer 1 for iteration 150, where one below 1000 and divisible by 100 should be");
    assertThatThrownBy(() -> take(1000, 1L))
        .hasMessageContaining("for iteration 1000, where one below 1000");
    assertThatThrownBy(() -> take(100, 1L, 2L))
        .hasMessage("wear of run r, layer 1 has 2 rows; the layer has 1");
  }

  @Test
  void take_repeated_changesNothing() throws Exception {
    board.join("r", 0, 1, 0, RULES);
    take(100, 1L);
    take(100, 9L);

    assertThat(board.find("r", 0, 1, 100).orElseThrow()).containsExactly(1);
  }
}
