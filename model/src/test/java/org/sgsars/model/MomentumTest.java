package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Velocities and steps, worked out by hand. */
final class MomentumTest {
  private static float[] steps(Momentum momentum, float... gradients) {
    float[] velocity = new float[1];
    float[] steps = new float[gradients.length];
    for (int i = 0; i < gradients.length; i++) {
      float[] gradient = {gradients[i]};
      momentum.advance(i, velocity, gradient, 0, 1);
      steps[i] = momentum.steps(velocity, gradient, new float[1], 0, 1)[0];
    }
    return steps;
  }

  @Test
  void steps_plain_areTheVelocities() {
    // 4, 0.5 * 4 + 2, 0.5 * 4 + 1
    assertThat(steps(new Momentum(0.5f), 4, 2, 1)).containsExactly(4, 4, 3);
  }

  @Test
  void steps_dampening_takesLessOfAllGradientsButTheFirst() {
    // 4, 0.5 * 4 + 0.75 * 2, 0.5 * 3.5 + 0.75 * 1
    assertThat(steps(new Momentum(0.5f, 0.25f, false), 4, 2, 1)).containsExactly(4, 3.5f, 2.5f);
  }

  /** Without momentum torch keeps no velocity, and so dampens nothing. */
  @Test
  void steps_dampeningWithoutMomentum_areTheGradients() {
    assertThat(steps(new Momentum(0, 0.25f, false), 4, 2, 1)).containsExactly(4, 2, 1);
  }

  /** What lacks gradients at first has them all the same, as zeros; see docs/TRACES.md. */
  @Test
  void steps_zerosBeforeTheFirstGradient_areOfAVelocityThatStaysZero() {
    // 0, 0.5 * 0 + 0.75 * 4, 0.5 * 3 + 0.75 * 2
    assertThat(steps(new Momentum(0.5f, 0.25f, false), 0, 4, 2)).containsExactly(0, 3, 3);
    // Nothing of it shows without dampening: 0, 4, 0.5 * 4 + 2.
    assertThat(steps(new Momentum(0.5f), 0, 4, 2)).containsExactly(0, 4, 4);
  }

  @Test
  void steps_nesterov_lookAhead() {
    // 4 + 0.5 * 4, 2 + 0.5 * 4, 1 + 0.5 * 3
    assertThat(steps(new Momentum(0.5f, 0, true), 4, 2, 1)).containsExactly(6, 4, 2.5f);
  }

  @Test
  void advance_partOfAnArray_leavesTheRest() {
    float[] velocity = {1, 1, 1, 1};

    new Momentum(0.5f).advance(3, velocity, new float[] {8, 8, 8, 8}, 1, 3);

    assertThat(velocity).containsExactly(1, 8.5f, 8.5f, 1);
  }

  @Test
  void momentum_valuesThatAreNotAllowed_areRefused() {
    assertThatThrownBy(() -> new Momentum(1))
        .hasMessage("momentum 1.0 with dampening 0.0; allowed: [0, 1) and [0, 1]");
    assertThatThrownBy(() -> new Momentum(0.9f, 0.1f, true))
        .hasMessage(
            "nesterov with momentum 0.9 and dampening 0.1; allowed: true only with a momentum above 0 and without dampening");
  }
}
