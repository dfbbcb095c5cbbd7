package org.sgsars.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.Setting;

/** Manifests as another program may write them, before a service goes by them. */
final class CheckedPlanTest {
  private static final PolicyChoice GIVEN = new PolicyChoice("given", Map.of());

  /** Swaps rows at intervals; takes arrays of up to 8 rows. */
  private record Swapping(boolean isTornApart) implements Policy<Swapping.Settings> {
    record Settings(
        @Setting(
                about = "Between two swaps.",
                unit = "iterations",
                least = 1,
                most = Integer.MAX_VALUE,
                fallback = "32")
            int interval,
        @Setting(about = "Of the rows.", least = 0, most = 1, fallback = "0.5") double share,
        @Setting(about = "Whether it is.") Optional<Boolean> shy) {}

    @Override
    public PolicyFamily family() {
      return PolicyFamily.LEVELLER;
    }

    @Override
    public String kind() {
      return "swapping";
    }

    @Override
    public String summary() {
      return "Swaps.";
    }

    @Override
    public Class<Settings> settingsType() {
      return Settings.class;
    }

    @Override
    public Optional<String> problemWith(Settings settings) {
      if (settings.shy.isPresent()) {
        throw new IllegalStateException("too shy");
      }
      return Optional.empty();
    }

    @Override
    public boolean needsDevice() {
      if (isTornApart) {
        throw new NoClassDefFoundError("org/example/Gone");
      }
      return false;
    }

    @Override
    public Optional<String> problemWith(Settings settings, ArrayShape array) {
      return array.physicalRows() > 8 ? Optional.of("takes 8 rows") : Optional.empty();
    }
  }

  private static final Policies POLICIES = new Policies(List.of(new Swapping(false)));

  private static RunPlan plan(PolicyChoice sparsifier, String kind, Map<String, ?> settings) {
    return plan(sparsifier, kind, settings, 6);
  }

  private static RunPlan plan(
      PolicyChoice sparsifier, String kind, Map<String, ?> settings, long iterations) {
    return new RunPlanBuilder("r", iterations)
        .layers(new LayerShape("fc", 4, 4))
        .sparsifiers(sparsifier)
        .scenarios(new ScenarioPlan("s", 0, List.of(new PolicyChoice(kind, settings)), 4))
        .reports(6, false)
        .build();
  }

  @Test
  void of_settingsLeftOut_haveTheirDefault() {
    CheckedPlan checked = CheckedPlan.of(plan(GIVEN, "swapping", Map.of("interval", 8L)), POLICIES);

    assertThat(checked.problem()).isEmpty();
    assertThat(checked.plan().scenarios().get(0).levellers().get(0).settings())
        .isEqualTo(Map.of("interval", 8L, "share", 0.5));
  }

  @Test
  void of_allSettingsGiven_isTheSameRun() {
    RunPlan given = plan(GIVEN, "swapping", Map.of("interval", 8L, "share", 0.25));

    assertThat(CheckedPlan.of(given, POLICIES)).isEqualTo(new CheckedPlan(given, Optional.empty()));
  }

  /** Not every service has every policy; the one that needs it says that it is unknown. */
  @Test
  void of_policyThatIsNotHere_staysAsItIs() {
    RunPlan given = plan(GIVEN, "theirs", Map.of("interval", -1L));

    assertThat(CheckedPlan.of(given, POLICIES)).isEqualTo(new CheckedPlan(given, Optional.empty()));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "interval | 0 | interval of leveller 'swapping' is 0; allowed: a whole number from 1 to 2147483647",
        "interval | 2147483648 | interval of leveller 'swapping' is 2147483648; allowed: a whole number from 1 to 2147483647",
        "interval | often | interval of leveller 'swapping' is often; allowed: a whole number from 1 to 2147483647",
        "share | NaN | share of leveller 'swapping' is NaN; allowed: a number from 0 to 1",
        "pace | 3 | leveller 'swapping' has no setting 'pace'; allowed: [interval, share, shy]",
        "shy | true | leveller 'swapping' threw java.lang.IllegalStateException: too shy",
      })
  void of_settingThatIsNotAllowed_isRefusedByItsName(String name, String value, String problem) {
    Object typed =
        value.matches("\\d+")
            ? Long.valueOf(value)
            : switch (value) {
              case "NaN" -> Double.NaN;
              case "true" -> true;
              default -> value;
            };

    CheckedPlan checked = CheckedPlan.of(plan(GIVEN, "swapping", Map.of(name, typed)), POLICIES);

    assertThat(checked.problem()).contains("the run's manifest is refused: " + problem);
  }

  @Test
  void of_arrayThatIsNotAllowed_isRefused() {
    RunPlan given = plan(GIVEN, "swapping", Map.of());
    RunPlan larger =
        given.with(
            given.sparsifiers(),
            List.of(new ScenarioPlan("s", 0, given.scenarios().get(0).levellers(), 16)));

    assertThat(CheckedPlan.of(larger, POLICIES).problem())
        .contains("the run's manifest is refused: scenario s, leveller: takes 8 rows");
  }

  /** As an experiment is, so that no service counts beyond what its numbers hold. */
  @Test
  void of_moreIterationsThanCellWritesCanBeCounted_isRefused() {
    RunPlan given = plan(GIVEN, "swapping", Map.of(), Long.MAX_VALUE / 2);

    assertThat(CheckedPlan.of(given, POLICIES).problem())
        .contains(
            "the run's manifest is refused: scenario s, iterations: 4611686018427387903 on 16 cells may be more cell writes than can be counted; allowed: at most 72057594037927936 iterations");
  }

  /** Whatever a plugin throws, and whichever question it is asked. */
  @Test
  void of_policyThatThrowsAnError_isRefusedAndNamed() {
    Policies torn = new Policies(List.of(new Swapping(true)));

    assertThat(CheckedPlan.of(plan(GIVEN, "swapping", Map.of()), torn).problem())
        .contains(
            "the run's manifest is refused: leveller 'swapping' threw java.lang.NoClassDefFoundError: org/example/Gone");
  }

  /** The sgs-service and the ars-controller both go by it. */
  @ParameterizedTest
  @CsvSource({"0", "-1", "2147483648"})
  void of_feedbackThatIsNotAllowed_isRefusedByServicesWithoutTheSparsifier(long interval) {
    PolicyChoice fed = new PolicyChoice("theirs", Map.of("wearFeedback", interval));

    assertThat(CheckedPlan.of(plan(fed, "swapping", Map.of()), POLICIES).problem())
        .contains(
            "the run's manifest is refused: wearFeedback of sparsifier 'theirs' is %d; allowed: a whole number from 1 to 2147483647"
                .formatted(interval));
  }
}
