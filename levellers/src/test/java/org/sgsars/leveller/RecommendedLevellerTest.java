package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class RecommendedLevellerTest {
  private static final Policies POLICIES = Policies.onClassPath();

  private static List<PolicyChoice> meant(boolean onDevice) {
    return POLICIES.meantBy(
        PolicyFamily.LEVELLER, new PolicyChoice("recommended", Map.of()), onDevice);
  }

  private static PolicyChoice atDefaults(String kind) {
    return POLICIES
        .bind(PolicyFamily.LEVELLER, new PolicyChoice(kind, Map.of()))
        .orElseThrow()
        .choice();
  }

  @Test
  void meantBy_noDevice_isPacedAtItsDefaults() {
    assertThat(meant(false)).containsExactly(atDefaults("paced"));
  }

  /** Without a device no row is known to have failed. */
  @Test
  void meantBy_device_retiresTooWhatFails() {
    assertThat(meant(true)).containsExactly(atDefaults("paced"), atDefaults("retire"));
  }

  @Test
  void meantBy_anyOther_isItself() {
    PolicyChoice ars = new PolicyChoice("ars", Map.of("interval", 7L));

    assertThat(POLICIES.meantBy(PolicyFamily.LEVELLER, ars, true)).containsExactly(ars);
    PolicyChoice elsewhere = new PolicyChoice("theirs", Map.of());
    assertThat(POLICIES.meantBy(PolicyFamily.LEVELLER, elsewhere, true)).containsExactly(elsewhere);
  }
}
