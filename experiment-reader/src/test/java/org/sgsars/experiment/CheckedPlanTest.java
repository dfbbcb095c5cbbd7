package org.sgsars.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
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

  private static final PolicyChoice SWAPPING = new PolicyChoice("swapping", Map.of());
  private static final PolicyChoice CROSS_LAYER = new PolicyChoice("cross-layer", Map.of());
  private static final PolicyChoice DEVICE = new PolicyChoice("theirs", Map.of());

  private static LayerSettings digital(String match) {
    return new LayerSettings(
        match, true, List.of(SWAPPING), List.of(), false, 4, 0, Optional.empty());
  }

  private static LayerSettings own(PolicyChoice leveller, Optional<PolicyChoice> device) {
    return new LayerSettings("fc", false, List.of(leveller), List.of(), false, 4, 0, device);
  }

  private static ScenarioPlan scenario(PolicyChoice leveller, LayerSettings... settings) {
    List<Integer> ofLayers = settings.length == 2 ? List.of(0, 1) : List.of(0, -1);
    return new ScenarioPlan("s", 0, List.of(leveller), 4)
        .with(new LayerExceptions(List.of(settings), ofLayers));
  }

  /** Two layers of one scenario. */
  private static Optional<String> problem(
      PolicyChoice sparsifier, ScenarioPlan scenario, TrainingPlan... training) {
    RunPlanBuilder builder =
        new RunPlanBuilder("r", 6)
            .layers(new LayerShape("fc", 4, 4), new LayerShape("conv", 4, 4))
            .sparsifiers(sparsifier)
            .scenarios(scenario);
    for (TrainingPlan plan : training) {
      builder.training(plan);
    }
    return CheckedPlan.of(builder.build(), POLICIES)
        .problem()
        .map(text -> text.replace("the run's manifest is refused: ", ""));
  }

  @Test
  void of_digitalLayer_isRefusedWhereItsWearIsNeeded() {
    PolicyChoice fed = new PolicyChoice("theirs", Map.of("wearFeedback", 4L));

    assertThat(problem(GIVEN, scenario(SWAPPING, digital("fc")))).isEmpty();
    assertThat(problem(GIVEN, scenario(SWAPPING, digital("fc")), new TrainingPlan(List.of(0), 1)))
        .contains(
            "scenario s, layers 'fc', on: a network trains on the crossbars of all its layers; allowed: nothing");
    assertThat(problem(fed, scenario(SWAPPING, digital("fc"))))
        .contains(
            "scenario s, layers 'fc', on: the sparsifier waits for the wear of every layer; take wearFeedback out, or put the layer on crossbars");
    assertThat(problem(GIVEN, scenario(SWAPPING, digital("fc"), digital("conv"))))
        .contains("scenario s, layers: all layers are digital; leave at least one on crossbars");
  }

  @Test
  void of_crossLayer_isRefusedWhereCrossbarsDiffer() {
    String text =
        "cross-layer exchanges the crossbars of all layers, which have to be alike; leave one of both out";

    assertThat(problem(GIVEN, scenario(CROSS_LAYER, own(SWAPPING, Optional.empty()))))
        .contains("scenario s, layers 'fc': " + text);
    assertThat(problem(GIVEN, scenario(SWAPPING, own(CROSS_LAYER, Optional.empty()))))
        .contains("scenario s, layers 'fc': " + text);
    assertThat(
            problem(
                GIVEN,
                new ScenarioPlan(
                    "s",
                    0,
                    List.of(CROSS_LAYER),
                    4,
                    1,
                    ScenarioPlan.LevellerFacts.NONE,
                    Optional.empty())))
        .isEmpty();
  }

  /** A layer has one block of columns where contents change crossbars, and nobody lends any. */
  @Test
  void of_crossLayerBesideRetire_isRefusedWhereALayerWouldHaveMoreColumns() {
    assertThat(problem(GIVEN, crossesAndRetires(0))).isEmpty();
    assertThat(problem(GIVEN, crossesAndRetires(1))).isEmpty();
    assertThat(problem(GIVEN, crossesAndRetires(2)))
        .contains(
            "scenario s, leveller: cross-layer lets all layers use columns that one leaves free, and columnBlocks of retire is 2; allowed beside it: 0 or 1");
    assertThat(
            problem(
                GIVEN,
                crossesAndRetires(0)
                    .with(
                        new LayerExceptions(List.of(), List.of())
                            .with(new LayerLoans(List.of(1, 0), List.of(1, 1))))))
        .contains(
            "scenario s, leveller: cross-layer lets all layers use columns that one leaves free, and layers lend each other some; leave out borrowedRows and columnBlocks");
  }

  private static ScenarioPlan crossesAndRetires(long columnBlocks) {
    PolicyChoice retire = new PolicyChoice("retire", Map.of("columnBlocks", columnBlocks));
    return new ScenarioPlan("s", 0, List.of(CROSS_LAYER, retire), 4)
        .on(new PolicyChoice("constant", Map.of("writes", 9.0)));
  }

  /** What a worn-out cell of another layer's content holds is known where it is stuck at an end. */
  @Test
  void of_crossLayerInATraining_isRefusedWhereWornCellsKeepTheirLastValue() {
    assertThat(trainsOnTiles("value"))
        .contains(
            "scenario s, leveller: cross-layer moves contents onto cells that contents of other layers wore out, and what these wrote last is not passed on; let the device's wornAs be low, high or either");
    assertThat(trainsOnTiles("low")).isEmpty();
    assertThat(trainsOnTiles("either")).isEmpty();
  }

  private static Optional<String> trainsOnTiles(String wornAs) {
    RunPlan plan =
        new RunPlanBuilder("r", 6)
            .layers(new LayerShape("fc", 4, 4))
            .training(new TrainingPlan(List.of(0), 1))
            .sparsifiers(GIVEN)
            .scenarios(
                new ScenarioPlan("s", 0, List.of(CROSS_LAYER), 4)
                    .on(new PolicyChoice("constant", Map.of("writes", 9.0, "wornAs", wornAs))))
            .build();
    return CheckedPlan.of(plan, Policies.onClassPath())
        .problem()
        .map(text -> text.replace("the run's manifest is refused: ", ""));
  }

  @Test
  void of_detectRemap_isRefusedBesideWhatItsTestsDoNotSee() {
    PolicyChoice test = new PolicyChoice("detect-remap", Map.of());
    PolicyChoice retire = new PolicyChoice("retire", Map.of());

    assertThat(problem(GIVEN, new ScenarioPlan("s", 0, List.of(SWAPPING, test), 4))).isEmpty();
    assertThat(problem(GIVEN, new ScenarioPlan("s", 0, List.of(test, test), 4)))
        .contains("scenario s, leveller: detect-remap is there twice; one tests all rows");
    assertThat(problem(GIVEN, new ScenarioPlan("s", 0, List.of(retire, test), 4)))
        .contains(
            "scenario s, leveller: detect-remap finds failures that retire notices at once; leave one of both out");
    assertThat(problem(GIVEN, new ScenarioPlan("s", 0, List.of(test, CROSS_LAYER), 4)))
        .contains(
            "scenario s, leveller: detect-remap knows the cells of one layer, which cross-layer changes; leave one of both out");
    assertThat(
            problem(
                GIVEN,
                scenario(
                    SWAPPING,
                    new LayerSettings(
                        "fc",
                        false,
                        List.of(test, test),
                        List.of(),
                        false,
                        4,
                        0,
                        Optional.empty()))))
        .contains(
            "scenario s, layers 'fc', leveller: detect-remap is there twice; one tests all rows");
  }

  /** The report projects all layers of a scenario on devices, or none. */
  @Test
  void of_deviceOfSomeLayers_isRefused() {
    assertThat(problem(GIVEN, scenario(SWAPPING, own(SWAPPING, Optional.of(DEVICE)))))
        .contains(
            "scenario s, layers 'fc', device: the scenario has none; give it one too, for the other layers");
    assertThat(problem(GIVEN, scenario(SWAPPING, own(SWAPPING, Optional.empty())).on(DEVICE)))
        .contains(
            "scenario s, layers 'fc', device: is missing where the scenario has one; give these layers one too");
  }
}
