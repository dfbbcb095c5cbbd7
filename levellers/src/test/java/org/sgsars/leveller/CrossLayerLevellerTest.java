package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.Settings;

final class CrossLayerLevellerTest extends LevellerContract {
  static final Settings SETTINGS =
      Settings.of(Map.of("interval", 100L, "gap", 4L, "relativeGap", 0.0625, "shareColumns", true));

  @Override
  protected LevellerPolicy policy() {
    return new CrossLayerLeveller();
  }

  @Override
  protected Settings settings() {
    return SETTINGS;
  }

  @Test
  void stateBits_oneCrossbar_areItsAddressAColumnAndACounterPerColumn() {
    // 16 bits of crossbar, 9 of column, and 512 counters to 20,000 of 15 bits.
    assertThat(policy().stateBits(SETTINGS, array(512), 20_000)).hasValue(16 + 9 + 512 * 15);
  }
}
