package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sgsars.policy.CrossLayerSettings;

final class CrossLayerLevellerTest extends LevellerContract<CrossLayerSettings> {
  static final CrossLayerSettings SETTINGS = new CrossLayerSettings(100, 4, 0.0625, true);

  @Override
  protected LevellerPolicy<CrossLayerSettings> policy() {
    return new CrossLayerLeveller();
  }

  @Override
  protected CrossLayerSettings settings() {
    return SETTINGS;
  }

  @Test
  void stateBits_oneCrossbar_areItsAddressAColumnAndACounterPerColumn() {
    // 16 bits of crossbar, 9 of column, and 512 counters to 20,000 of 15 bits.
    assertThat(policy().stateBits(SETTINGS, array(512), 20_000)).hasValue(16 + 9 + 512 * 15);
  }
}
