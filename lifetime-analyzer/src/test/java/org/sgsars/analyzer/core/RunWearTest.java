package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.TimelinePoint;
import org.sgsars.device.CellSettings;
import org.sgsars.device.DevicePolicy;
import org.sgsars.device.DeviceSettings;
import org.sgsars.device.Endurance;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;

/** Reports of four physical rows that come in parts of two, and again after a restart. */
final class RunWearTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 20)
          .layers(MappedNetwork.layersOf(List.of(new ParameterShape("fc.weight", List.of(2, 3)))))
          .sparsifiers(NONE)
          .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 4))
          .reports(10, true)
          .build();

  private final RunWear wear = new RunWear(PLAN, Policies.onClassPath());

  private static WearPart part(long iterations, int part, long first, long second) {
    return new WearPart(
        0,
        0,
        iterations,
        new WearPart.Place(part, 2, 2 * part),
        new WearPart.RowCounts(
            new long[] {first, second},
            null,
            part == 0 ? new int[] {3, 0} : new int[] {1, 2},
            new int[0]),
        new WearPart.Totals(99, 2 * iterations, 0, 0, 0, 0),
        WearPart.DeviceChanges.NONE,
        part == 0 ? List.of(new int[] {(int) iterations}) : List.of());
  }

  private LayerLifetime layer() {
    return wear.report().scenarios().get(0).layers().get(0);
  }

  @Test
  void add_firstPartAlone_isNoReportYet() {
    wear.add(part(10, 0, 5, 6), 1);

    assertThat(layer().iterations()).isZero();
    assertThat(wear.report().timeline()).isEmpty();
  }

  @Test
  void add_allParts_areOneReport() {
    wear.add(part(10, 0, 5, 6), 1);
    wear.add(part(10, 1, 7, 8), 1);

    assertThat(layer().iterations()).isEqualTo(10);
    assertThat(layer().rowWrites()).containsExactly(5, 6, 7, 8);
    assertThat(layer().logicalToPhysical()).containsExactly(3, 0, 1, 2);
  }

  private static WearPart losing(long iterations, WearPart.Changes losses) {
    WearPart part = last(0);
    return new WearPart(
        0,
        0,
        iterations,
        part.place(),
        part.rows(),
        part.totals(),
        new WearPart.DeviceChanges(WearPart.Changes.NONE, losses),
        List.of());
  }

  /** A row that moves away from its worn-out place takes its weights with it. */
  @Test
  void add_losses_areOnTheTimelineAsTheyStandAtEachReport() {
    wear.add(losing(5, WearPart.Changes.NONE), 1);
    wear.add(losing(10, new WearPart.Changes(new long[] {6, 8}, new long[] {2, 3})), 2);
    wear.add(losing(15, WearPart.Changes.NONE), 3);
    wear.add(losing(20, new WearPart.Changes(new long[] {17}, new long[] {1})), 4);

    assertThat(wear.report().timeline())
        .extracting(TimelinePoint::lostWeights)
        .containsExactly(0L, 3L, 3L, 1L);
  }

  /** The sender was killed after the first part, and sends the whole report again. */
  @Test
  void add_partsSentAgain_countOnce() {
    wear.add(part(10, 0, 5, 6), 1);
    wear.add(part(10, 0, 5, 6), 2);
    wear.add(part(10, 1, 7, 8), 2);
    wear.add(part(10, 0, 5, 6), 3);
    wear.add(part(10, 1, 7, 8), 3);
    wear.add(part(20, 0, 15, 16), 4);
    wear.add(part(20, 1, 17, 18), 4);

    assertThat(wear.isDone()).isTrue();
    assertThat(layer().rowWrites()).containsExactly(15, 16, 17, 18);
    assertThat(layer().selectedRows().orElseThrow())
        .containsExactly(new int[] {10}, new int[] {20});
    assertThat(wear.report().timeline()).hasSize(2);
  }

  @Test
  void add_partThatDoesNotFit_isRefusedByItsRows() {
    WearPart outside =
        new WearPart(
            0,
            0,
            10,
            new WearPart.Place(0, 1, 3),
            new WearPart.RowCounts(new long[] {5, 6}, null, new int[] {3, 0}, new int[0]),
            new WearPart.Totals(6, 20, 0, 0, 0, 0),
            WearPart.DeviceChanges.NONE,
            List.of());

    assertThatThrownBy(() -> wear.add(outside, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows 3 to 5 do not fit the 4 physical rows of layer fc");
  }

  private static final RunPlan TRAINING = training(15);

  /** A program outside trains and tests. */
  private static final RunPlan ELSEWHERE = training(0);

  private static RunPlan training(long accuracyInterval) {
    return new RunPlanBuilder("r", 20)
        .optimizer(PLAN.optimizer())
        .training(new TrainingPlan(List.of(0), accuracyInterval))
        .layers(PLAN.layers())
        .sparsifiers(NONE)
        .scenarios(
            new ScenarioPlan("steers", 0, List.of(NONE), 4),
            new ScenarioPlan("judged", 0, List.of(NONE), 4))
        .build();
  }

  private static WearPart last(int scenario) {
    return new WearPart(
        scenario,
        0,
        20,
        new WearPart.Place(0, 1, 0),
        new WearPart.RowCounts(new long[] {1, 1, 1, 1}, null, new int[] {0, 1, 2, 3}, new int[0]),
        new WearPart.Totals(1, 8, 0, 0, 0, 0),
        WearPart.DeviceChanges.NONE,
        List.of());
  }

  @Test
  void add_accuracy_belongsToTheReport_andARunIsNotDoneWithoutItsLast() {
    RunWear training = new RunWear(TRAINING, Policies.onClassPath());
    training.add(last(0), 1);
    training.add(last(1), 1);
    training.add(0, new AccuracyPoint(15, 50, 30, 0.5), 2);
    training.add(0, new AccuracyPoint(0, 50, 5, 2.3), 2);
    assertThat(training.isDone()).isFalse();
    assertThat(training.isComplete()).isFalse();

    training.add(0, new AccuracyPoint(20, 50, 40, 0.4), 3);

    assertThat(training.isDone()).isTrue();
    assertThat(training.isComplete()).isTrue();
    LifetimeReport report = training.report();
    assertThat(report.scenarios().get(0).accuracy())
        .extracting(AccuracyPoint::share)
        .containsExactly(0.1, 0.6, 0.8);
    assertThat(report.scenarios().get(0).lastAccuracy()).hasValue(0.8);
    assertThat(report.scenarios().get(1).accuracy()).isEmpty();
    assertThat(report.scenarios().get(1).lastAccuracy()).isEmpty();
    assertThat(report.finishedAtMs()).isEqualTo(3);
  }

  @Test
  void add_accuracyOfAnotherProgram_comesWheneverItWantsUntilItSaysThatNothingMoreDoes() {
    RunWear training = new RunWear(ELSEWHERE, Policies.onClassPath());
    training.add(last(0), 1);
    training.add(last(1), 1);
    training.add(0, new AccuracyPoint(7, 50, 30, Double.NaN), 2);
    assertThat(training.isDone()).isFalse();

    training.add(0, new AccuracyPoint(20, 0, 0, Double.NaN), 3);

    assertThat(training.isDone()).isTrue();
    assertThat(training.isComplete()).isTrue();
    assertThat(training.report().scenarios().get(0).accuracy())
        .extracting(AccuracyPoint::iterations)
        .containsExactly(7L);
  }

  @Test
  void add_accuracyThatDoesNotFit_isRefused() {
    RunWear training = new RunWear(TRAINING, Policies.onClassPath());

    assertThatThrownBy(() -> training.add(1, new AccuracyPoint(15, 50, 30, 0.5), 2))
        .hasMessage("scenario 1 of run r does not train, and has no accuracy");
    assertThatThrownBy(() -> training.add(0, new AccuracyPoint(15, 50, 51, 0.5), 2))
        .hasMessage("accuracy of 51 in 50 images after 15 of 20 iterations cannot be");
    assertThatThrownBy(() -> training.add(0, new AccuracyPoint(21, 50, 5, 0.5), 2))
        .hasMessage("accuracy of 5 in 50 images after 21 of 20 iterations cannot be");
  }

  @Test
  void isDone_layerThatTrainsHasEnded_waitsForNoAccuracy() {
    RunWear training = new RunWear(TRAINING, Policies.onClassPath());
    training.add(last(1), 1);

    training.endLayer("a-0@1", "why", "fc", List.of(0));

    assertThat(training.isDone()).isTrue();
    assertThat(training.isComplete()).isFalse();
  }

  @Test
  void report_abortedRun_isNotCompleteAndKeepsTheWearSoFar() {
    wear.add(part(10, 0, 5, 6), 1);
    wear.add(part(10, 1, 7, 8), 1);

    wear.abort("stopped after 13 of 20 iterations");

    LifetimeReport report = wear.report();
    assertThat(report.complete()).isFalse();
    assertThat(report.iterations()).isEqualTo(10);
    assertThat(report.warnings()).containsExactly("stopped after 13 of 20 iterations");
    assertThat(report.wireNote()).isEmpty();
  }

  @Test
  void abandon_someLayersAtTheirEnd_namesTheOthers() {
    RunPlan plan =
        new RunPlanBuilder("r", 20)
            .layers(new LayerShape("fc", 3, 2), new LayerShape("out", 3, 2))
            .sparsifiers(NONE)
            .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 4))
            .build();
    RunWear sharded = new RunWear(plan, Policies.onClassPath());
    RunWear silent = new RunWear(plan, Policies.onClassPath());
    sharded.add(last(0), 1);

    sharded.abandon("nothing was heard of it");
    silent.abandon("nothing was heard of it");

    assertThat(sharded.report().warnings())
        .containsExactly("nothing was heard of it; not whole: out");
    assertThat(silent.report().warnings()).containsExactly("nothing was heard of it");
  }

  /** A user's own device, which breaks when it is asked for its distribution's tail. */
  private static final class Breaking implements DevicePolicy<Breaking.Settings> {
    /** Nothing of its own. */
    record Settings(CellSettings cells) implements DeviceSettings {}

    private final boolean atOnce;

    Breaking(boolean atOnce) {
      this.atOnce = atOnce;
    }

    @Override
    public String kind() {
      return "breaking";
    }

    @Override
    public String summary() {
      return "Breaks.";
    }

    @Override
    public String source() {
      return "none";
    }

    @Override
    public Class<Settings> settingsType() {
      return Settings.class;
    }

    @Override
    public Endurance endurance(Settings settings) {
      if (atOnce) {
        throw new AssertionError("no distribution");
      }
      return share -> {
        throw new NoSuchElementException("no quantile");
      };
    }
  }

  /** Else no report of the run would ever be written, or no analyzer would start any more. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void report_deviceThrows_goesWithoutItAndSaysWhichDevice(boolean atOnce) {
    Breaking device = new Breaking(atOnce);
    RunPlan plan =
        PLAN.with(
            PLAN.sparsifiers(),
            List.of(PLAN.scenarios().get(0).on(new PolicyChoice("breaking", Map.of()))));
    RunWear onDevice = new RunWear(plan, new Policies(List.of(device)));
    onDevice.add(part(10, 0, 5, 6), 1);
    onDevice.add(part(10, 1, 7, 8), 1);

    LifetimeReport report = onDevice.report();

    assertThat(report.scenarios().get(0).layers().get(0).rowWrites()).containsExactly(5, 6, 7, 8);
    assertThat(report.complete()).isFalse();
    assertThat(report.warnings())
        .containsExactly(
            atOnce
                ? "scenario s: device 'breaking' threw java.lang.AssertionError: no distribution"
                : "scenario s: device 'breaking' threw java.util.NoSuchElementException: no quantile");
  }

  /** The analyzer does not have the leveller, and so cannot fill its settings in. */
  @Test
  void report_manifestLeavesOutSettings_goesByTheirDefaults() {
    PolicyChoice crossLayer = new PolicyChoice("cross-layer", Map.of());
    RunPlan plan =
        PLAN.with(
            PLAN.sparsifiers(),
            List.of(PLAN.scenarios().get(0).with(List.of(crossLayer), Optional.empty())));
    RunWear crossing = new RunWear(plan, new Policies(List.of()));
    crossing.add(part(10, 0, 5, 6), 1);
    crossing.add(part(10, 1, 7, 8), 1);

    // All 4 x 4 cells of the one crossbar share 20 cell writes in 10 iterations.
    assertThat(crossing.report().scenarios().get(0).bound()).hasValue(10 * 16 / 20.0);
  }

  /** A service that lost what it had sends the updates again, and the same one ends the layer. */
  @Test
  void endLayer_copiesOfOneRecord_areWarnedOfOnce() {
    RunWear wear = new RunWear(PLAN, Policies.onClassPath());

    wear.endLayer("updates-0@7", "read by ars-controller: iteration 7: why", "fc", List.of(0));
    wear.endLayer("updates-0@31", "read by ars-controller: iteration 7: why", "fc", List.of(0));
    wear.endLayer("updates-0@32", "read by ars-controller: iteration 8: why", "fc", List.of(0));

    assertThat(wear.report().warnings())
        .containsExactly(
            "updates-0@7, read by ars-controller: iteration 7: why",
            "updates-0@32, read by ars-controller: iteration 8: why");
  }
}
