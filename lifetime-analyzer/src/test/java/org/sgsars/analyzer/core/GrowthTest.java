package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.core.Growth.Unit;

final class GrowthTest {
  private final Growth growth = new Growth();

  @Test
  void units_hotRowsStayHot_goOnAtTheirOwnRates() {
    growth.add(10, 20, 4);
    growth.add(30, 60, 4);

    assertThat(growth.units(10, 20)).containsExactly(new Unit(20, 1, 4), new Unit(60, 3, 4));
  }

  /** Who had less at first has more later: a leveller at work, and no rate lasts. */
  @Test
  void units_laggardsCatchUp_allGoOnAtTheMean() {
    growth.add(10, 40, 4);
    growth.add(30, 40, 4);

    assertThat(growth.units(10, 20)).containsExactly(new Unit(40, 2, 4), new Unit(40, 2, 4));
  }

  /** Earlier rates 0 and 2, later ones 1 and 2: half of the excess lasts. */
  @Test
  void units_someOfTheExcessLasts_goOnInBetween() {
    growth.add(0, 10, 1);
    growth.add(20, 40, 1);

    assertThat(growth.units(10, 20)).containsExactly(new Unit(10, 1.25, 1), new Unit(40, 1.75, 1));
  }

  @Test
  void units_oneLookOnly_goOnAsTheyBegan() {
    growth.add(0, 10, 1);
    growth.add(0, 30, 1);

    assertThat(growth.units(0, 10)).containsExactly(new Unit(10, 1, 1), new Unit(30, 3, 1));
  }
}
