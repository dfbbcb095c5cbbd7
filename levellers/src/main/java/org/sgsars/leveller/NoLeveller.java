package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.NoSettings;

/** Leaves every row where it is. */
public final class NoLeveller implements LevellerPolicy<NoSettings> {
  @Override
  public String kind() {
    return ScenarioPlan.NO_LEVELLER;
  }

  @Override
  public String summary() {
    return "Every row stays where it is.";
  }

  @Override
  public Class<NoSettings> settingsType() {
    return NoSettings.class;
  }

  @Override
  public OptionalLong stateBits(NoSettings settings, ArrayShape array, long iterations) {
    return OptionalLong.of(0);
  }

  @Override
  public Leveller create(RowArray array, NoSettings settings, long seed) {
    return Leveller.NONE;
  }
}
