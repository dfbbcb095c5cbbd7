package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SharedRoundsTest {
  private final SharedRounds<String, String> rounds = new SharedRounds<>();

  private void come(long iteration) {
    rounds.at("run", iteration, () -> "round " + iteration);
  }

  @Test
  void find_layersHere_keepsWhatAnyOfThemMayNeed() {
    rounds.join("run", 0, 0);
    rounds.join("run", 1, 0);
    come(8);
    come(16);

    rounds.join("run", 0, 17);
    assertThat(rounds.find("run", 8)).hasValue("round 8");
    rounds.join("run", 1, 9);

    assertThat(rounds.find("run", 8)).isEmpty();
    assertThat(rounds.find("run", 16)).hasValue("round 16");
  }

  @Test
  void at_noLayerHere_keepsNothing() {
    come(8);

    assertThat(rounds.find("run", 8)).isEmpty();
    assertThat(rounds.pollRewind()).isFalse();
  }

  /** It may have been killed before its first save, and begin where others no longer are. */
  @Test
  void join_layerNeedsWhatIsGone_asksOnceForAllToComeAgain() {
    come(8);
    come(16);

    rounds.join("run", 0, 9);

    assertThat(rounds.pollRewind()).isTrue();
    assertThat(rounds.pollRewind()).isFalse();
    come(8);
    come(16);
    assertThat(rounds.find("run", 8)).isEmpty();
    assertThat(rounds.find("run", 16)).hasValue("round 16");
    rounds.join("run", 0, 17);
    assertThat(rounds.pollRewind()).isFalse();
  }

  @Test
  void join_layerNeedsNothingThatIsGone_asksForNothing() {
    come(8);

    rounds.join("run", 0, 9);

    assertThat(rounds.pollRewind()).isFalse();
  }

  @Test
  void leave_lastLayer_isSaidAndKeepsNothing() {
    rounds.join("run", 0, 0);
    rounds.join("run", 1, 0);
    come(8);

    assertThat(rounds.leave("run", 0)).isTrue();
    assertThat(rounds.leave("run", 1)).isFalse();

    assertThat(rounds.find("run", 8)).isEmpty();
  }
}
