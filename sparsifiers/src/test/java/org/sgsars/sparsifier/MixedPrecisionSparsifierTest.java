package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.Selection;

final class MixedPrecisionSparsifierTest extends SparsifierContract {
  private static final Selection NOTHING = new Selection.Cells(new int[0], new int[0]);

  @Override
  SparsifierPolicy<?> policy() {
    return new MixedPrecisionSparsifier();
  }

  @Override
  Map<String, ?> settings() {
    return Map.of("step", 0.25);
  }

  /** Three rows and two columns at a learning rate of 1, whose changes are told. */
  private LayerAccumulator training(double step) {
    LayerShape layer =
        MappedNetwork.layersOf(List.of(new ParameterShape("fc.weight", List.of(2, 3)))).get(0);
    return new LayerAccumulator(
        layer,
        new OptimizerSettings(0, 1, 0),
        GradientFormat.F32,
        List.of(
            new LayerAccumulator.Choice(Selections.bound(policy(), Map.of("step", step)), true)),
        1);
  }

  /** Rows by columns: (0.75, 0), (-1.25, 0.5), (0, -3); a pulse is 0.5. */
  @Test
  void select_updatesOfAStepOrMore_areWrittenInWholePulses() {
    LayerAccumulator accumulator = training(0.5);

    assertThat(Selections.select(accumulator, 0, 0.75f, -1.25f, 0, 0, 0.5f, -3))
        .isEqualTo(new Selection.Cells(new int[] {0, 1, 1, 2}, new int[] {0, 0, 1, 1}));
    // One pulse down, two up, one down, six up: a gradient is taken off the weight.
    assertThat(accumulator.changes(0)).containsExactly(-0.5f, 1, -0.5f, 3);
  }

  @Test
  void select_whatIsLessThanAPulse_waits() {
    LayerAccumulator accumulator = training(0.5);
    // 0.75 leaves 0.25, -1.25 leaves -0.25; 0.375 waits as it is.
    Selections.select(accumulator, 0, 0.75f, -1.25f, 0, 0, 0.375f, 0);

    // 0.25 + 0.125, -0.25 + 0.5, 0.375 + 0.0625: none is a pulse yet.
    assertThat(Selections.select(accumulator, 1, 0.125f, 0.5f, 0, 0, 0.0625f, 0))
        .isEqualTo(NOTHING);
    // 0.375 + 0.125 and 0.4375 + 0.0625 are one each, 0.25 - 0.5 is none.
    assertThat(Selections.select(accumulator, 2, 0.125f, -0.5f, 0, 0, 0.0625f, 0))
        .isEqualTo(new Selection.Cells(new int[] {0, 1}, new int[] {0, 1}));
    assertThat(accumulator.changes(0)).containsExactly(-0.5f, -0.5f);
    assertThat(Selections.select(accumulator, 3, new float[6])).isEqualTo(NOTHING);
  }

  @Test
  void rounded_changes_areCutTowardsZero() {
    Pulses pulses = new Pulses(0.5f);

    assertThat(pulses.rounded(0.99f)).isEqualTo(0.5f);
    assertThat(pulses.rounded(-0.99f)).isEqualTo(-0.5f);
    assertThat(pulses.rounded(0.49f)).isZero();
    assertThat(pulses.rounded(-1.5f)).isEqualTo(-1.5f);
  }

  @Test
  void programmable_initialWeights_areHeldAsTheyAre() {
    assertThat(training(0.5).programmable(0, new float[] {0.3f, -0.7f}))
        .containsExactly(0.3f, -0.7f);
  }

  @Test
  void writesCells_always_isSaid() {
    assertThat(bound().writesCells()).isTrue();
  }
}
