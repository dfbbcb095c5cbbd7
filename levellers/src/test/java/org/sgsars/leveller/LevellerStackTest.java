package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;

/** Levellers that do not know of each other, on one array. */
final class LevellerStackTest extends LevellerContract<NoSettings> {
  private static final Policies POLICIES =
      new Policies(
          List.of(new OutOfPlaceLeveller(), new RefreshLeveller(), new StartGapLeveller()));
  private static final List<PolicyChoice> CHOICES =
      List.of(
          new PolicyChoice("out-of-place", Map.of("gap", 4L, "relativeGap", 0.0)),
          new PolicyChoice("start-gap", Map.of("psi", 7L)),
          new PolicyChoice("refresh", Map.of("interval", 100L)));

  @Override
  protected LevellerPolicy<NoSettings> policy() {
    return new LevellerPolicy<>() {
      @Override
      public String kind() {
        return "stack";
      }

      @Override
      public String summary() {
        return "Several.";
      }

      @Override
      public Class<NoSettings> settingsType() {
        return NoSettings.class;
      }

      @Override
      public Leveller create(RowArray array, NoSettings settings, long seed) {
        return LevellerStack.create(array, CHOICES, POLICIES, seed, "fc");
      }
    };
  }

  @Override
  protected NoSettings settings() {
    return new NoSettings();
  }

  @Test
  void create_refreshOnOutOfPlace_writesStillGoToTheLeastWornFreeRow() {
    RowArray array = new RowArray(10, 64);
    Leveller leveller =
        LevellerStack.create(array, List.of(CHOICES.get(0), CHOICES.get(2)), POLICIES, 5, "fc");

    for (int i = 0; i < 350; i++) {
      array.apply(new Selection.Rows(new int[] {0}), i, leveller);
    }

    // 350 updates and 3 rounds of at most 64 moves, spread to within the gap of 4 and a round.
    long most = Arrays.stream(array.writes()).max().orElseThrow();
    long least = Arrays.stream(array.writes()).min().orElseThrow();
    assertThat(most - least).isLessThanOrEqualTo(4 + 1);
  }
}
