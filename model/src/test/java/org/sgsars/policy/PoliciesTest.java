package org.sgsars.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.model.PolicyChoice;

final class PoliciesTest {
  record Lead(
      @Setting(about = "Lead.", unit = "writes", least = 1, most = 9, fallback = "2") int lead) {}

  record Unlimited(@Setting(about = "Lead.") int lead) {}

  record OfScenario(@Setting(about = "Whose.") Optional<String> scenario) {}

  private record Named<S extends Record>(
      PolicyFamily family, String kind, Class<S> settingsType, Optional<S> preset)
      implements Policy<S> {
    @Override
    public String summary() {
      return "A policy.";
    }
  }

  private static <S extends Record> Named<S> leveller(Class<S> settings, Optional<S> preset) {
    return new Named<>(PolicyFamily.LEVELLER, "ahead", settings, preset);
  }

  private static PolicyChoice choice(Map<String, ?> settings) {
    return new PolicyChoice("ahead", settings);
  }

  @Test
  void new_numberWithoutLimits_isRefusedByPolicyAndComponent() {
    assertThatThrownBy(() -> new Policies(List.of(leveller(Unlimited.class, Optional.empty()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "leveller 'ahead': setting 'lead' of org.sgsars.policy.PoliciesTest$Unlimited is a number; allowed: either a least or an above");
  }

  /** A manifest says by that name which scenario a sparsifier is for. */
  @Test
  void new_settingOfATakenName_isRefused() {
    Policy<?> mine =
        new Named<>(PolicyFamily.SPARSIFIER, "mine", OfScenario.class, Optional.empty());

    assertThatThrownBy(() -> new Policies(List.of(mine)))
        .hasMessage(
            "sparsifier 'mine': setting 'scenario' of org.sgsars.policy.PoliciesTest$OfScenario has a name that is used beside a policy's settings");
  }

  @Test
  void new_presetOutsideTheLimits_isRefused() {
    assertThatThrownBy(() -> new Policies(List.of(leveller(Lead.class, Optional.of(new Lead(10))))))
        .hasMessage(
            "leveller 'ahead': its preset has lead: 10; allowed: a whole number from 1 to 9");
  }

  @Test
  void bind_settingLeftOut_isThePresetInsteadOfTheDeclaredFallback() {
    Policies declared = new Policies(List.of(leveller(Lead.class, Optional.empty())));
    Policies preset = new Policies(List.of(leveller(Lead.class, Optional.of(new Lead(7)))));

    assertThat(bound(declared, Map.of()).settings()).isEqualTo(new Lead(2));
    assertThat(bound(preset, Map.of()).settings()).isEqualTo(new Lead(7));
    assertThat(bound(preset, Map.of("lead", 3L)).settings()).isEqualTo(new Lead(3));
  }

  @Test
  void choice_boundPolicy_hasEverySetting() {
    Policies policies = new Policies(List.of(leveller(Lead.class, Optional.empty())));

    assertThat(bound(policies, Map.of()).choice()).isEqualTo(choice(Map.of("lead", 2L)));
  }

  @Test
  void bind_settingThatIsNotAllowed_isNamedWithItsPolicy() {
    Policies policies = new Policies(List.of(leveller(Lead.class, Optional.empty())));

    assertThatThrownBy(() -> bound(policies, Map.of("lead", 0L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lead of leveller 'ahead' is 0; allowed: a whole number from 1 to 9");
  }

  record Choosy(@Setting(about = "Lead.", least = 1, most = 9, fallback = "2") int lead) {
    Choosy {
      throw new IllegalStateException("never");
    }
  }

  @Test
  void bind_recordThrows_isAFailureOfThePolicy() {
    Policies policies = new Policies(List.of(leveller(Choosy.class, Optional.empty())));

    assertThatThrownBy(() -> bound(policies, Map.of()))
        .isInstanceOf(PolicyFailure.class)
        .hasMessage("leveller 'ahead' threw java.lang.IllegalStateException: never");
  }

  private static BoundPolicy<?> bound(Policies policies, Map<String, ?> settings) {
    return policies.bind(PolicyFamily.LEVELLER, choice(settings)).orElseThrow();
  }
}
