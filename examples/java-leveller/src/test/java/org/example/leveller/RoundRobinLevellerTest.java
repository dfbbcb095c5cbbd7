package org.example.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerContract;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** The inherited contract, and what is this leveller's own. */
final class RoundRobinLevellerTest extends LevellerContract<RoundRobinLeveller.Settings> {
  @Override
  protected LevellerPolicy<RoundRobinLeveller.Settings> policy() {
    return new RoundRobinLeveller();
  }

  @Override
  protected RoundRobinLeveller.Settings settings() {
    return policy().settings(Map.of("interval", 2L));
  }

  @Test
  void onClassPath_thisJar_offersItsKind() {
    assertThat(Policies.onClassPath().kinds(PolicyFamily.LEVELLER)).contains("ars", "round-robin");
  }

  @Test
  void afterIteration_everySecond_exchangesTheNextRowOfThree() {
    RowArray array = new RowArray(2, 3);
    Leveller leveller = policy().create(array, settings(), 1);

    // Content 0 is written where it lies: row 0 twice; rows 0 and 1 change places; row 1 twice;
    // rows 1 and 2 change places.
    for (int iteration = 0; iteration < 4; iteration++) {
      array.apply(new Selection.Rows(new int[] {0}), iteration, leveller);
    }

    assertThat(array.writes()).containsExactly(3, 4, 1);
    assertThat(array.logicalToPhysical()).containsExactly(2, 0, 1);
  }
}
