package org.sgsars.sgs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.WireException;
import org.sgsars.wire.RowWear;

final class WearFeedbackBufferTest {
  private final WearFeedbackBuffer feedback = new WearFeedbackBuffer();

  /** One row, wear every 100 iterations, 1000 iterations. */
  private static final WearFeedbackBuffer.Rules RULES = new WearFeedbackBuffer.Rules(1, 100, 1000);

  private void add(long iteration, Long... writes) throws WireException {
    feedback.add(new RowWear("r", 0, 1, iteration, List.of(writes)));
  }

  private boolean has(long iteration) {
    return feedback.find("r", 0, 1, iteration).isPresent();
  }

  @Test
  void find_layerHere_isEverythingItMayStillNeed() throws Exception {
    feedback.join("r", 0, 1, 101, RULES);
    add(100, 1L);
    add(200, 2L);
    add(300, 3L);

    assertThat(has(100)).isFalse();
    assertThat(feedback.find("r", 0, 1, 200).orElseThrow()).containsExactly(2);
    assertThat(has(300)).isTrue();
  }

  @Test
  void join_later_forgetsWhatIsUsed() throws Exception {
    feedback.join("r", 0, 1, 0, RULES);
    add(100, 1L);
    add(200, 2L);

    feedback.join("r", 0, 1, 101, RULES);

    assertThat(has(100)).isFalse();
    assertThat(has(200)).isTrue();
  }

  @Test
  void add_layerElsewhere_keepsNothingAndAsksForItWhenTheLayerComes() throws Exception {
    add(100, 1L);

    assertThat(has(100)).isFalse();
    feedback.join("r", 0, 1, 0, RULES);

    assertThat(feedback.pollRewind()).isTrue();
    add(100, 1L);
    assertThat(has(100)).isTrue();
  }

  @Test
  void add_wearThatDoesNotFitTheRun_isRefused() {
    feedback.join("r", 0, 1, 0, RULES);

    assertThatThrownBy(() -> add(150, 1L))
        .hasMessage(
            "wear of run r, layer 1 for iteration 150, where one below 1000 and divisible by 100 should be");
    assertThatThrownBy(() -> add(1000, 1L))
        .hasMessageContaining("for iteration 1000, where one below 1000");
    assertThatThrownBy(() -> add(100, 1L, 2L))
        .hasMessage("wear of run r, layer 1 has 2 rows; the layer has 1");
  }

  @Test
  void add_repeated_changesNothing() throws Exception {
    feedback.join("r", 0, 1, 0, RULES);
    add(100, 1L);
    add(100, 9L);

    assertThat(feedback.find("r", 0, 1, 100).orElseThrow()).containsExactly(1);
  }
}
