package org.sgsars.leveller;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.NoSettings;

/**
 * A name for what to take if one does not want to choose: {@link PacedLeveller}, and where a device
 * is modelled {@link RetireLeveller} on top, both at their defaults, which were tuned on no network
 * in particular. Where an experiment is read they take its place.
 */
public final class RecommendedLeveller implements LevellerPolicy<NoSettings> {
  @Override
  public String kind() {
    return "recommended";
  }

  @Override
  public String summary() {
    return "Stands for paced, and with a device for paced and retire in a list; at their defaults.";
  }

  @Override
  public Class<NoSettings> settingsType() {
    return NoSettings.class;
  }

  @Override
  public List<PolicyChoice> standsFor(boolean onDevice) {
    return Stream.of(new PacedLeveller().kind(), ScenarioPlan.RETIRE)
        .limit(onDevice ? 2 : 1)
        .map(kind -> new PolicyChoice(kind, Map.of()))
        .toList();
  }

  /**
   * @throws IllegalStateException always: others stand in its place
   */
  @Override
  public Leveller create(RowArray array, NoSettings settings, long seed) {
    throw new IllegalStateException("recommended is only a name for other levellers");
  }
}
