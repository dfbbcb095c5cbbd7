package org.sgsars.leveller;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/** Leaves every row where it is. */
public final class NoLeveller implements LevellerPolicy {
  @Override
  public String kind() {
    return ScenarioPlan.NO_LEVELLER;
  }

  @Override
  public String summary() {
    return "Leaves every row where it is.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    return OptionalLong.of(0);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return Leveller.NONE;
  }
}
