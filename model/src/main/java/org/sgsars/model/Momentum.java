package org.sgsars.model;

/**
 * How a velocity grows from gradients, and what step follows from both: as {@code torch.optim.SGD}
 * has it, in float32 with one rounding per operation.
 *
 * <pre>
 * velocity = gradient                                                 in iteration 0, or factor 0
 * velocity = factor * velocity + (1 - dampening) * gradient           later
 * step     = nesterov ? gradient + factor * velocity : velocity
 * </pre>
 *
 * <p>Here every parameter has a gradient in every iteration. {@code torch} begins a parameter's
 * velocity with the first gradient that it has, so with dampening that of a layer which is zero
 * before would be taken whole there.
 *
 * @param factor of the velocity that is kept from one iteration to the next, [0, 1)
 * @param dampening of the gradients after the first, [0, 1]; does nothing with a factor of 0
 * @param nesterov whether the step looks ahead
 */
public record Momentum(float factor, float dampening, boolean nesterov) {
  /** When {@code nesterov} is allowed, for messages. */
  public static final String NESTEROV_RULE =
      "true only with a momentum above 0 and without dampening";

  /**
   * @throws IllegalArgumentException if a value is not allowed
   */
  public Momentum {
    if (!(factor >= 0 && factor < 1) || !(dampening >= 0 && dampening <= 1)) {
      throw new IllegalArgumentException(
          "momentum %s with dampening %s; allowed: [0, 1) and [0, 1]".formatted(factor, dampening));
    }
    if (nesterov && !allowsNesterov(factor, dampening)) {
      throw new IllegalArgumentException(
          "nesterov with momentum %s and dampening %s; allowed: %s"
              .formatted(factor, dampening, NESTEROV_RULE));
    }
  }

  /** Without dampening and without a look ahead. */
  public Momentum(float factor) {
    this(factor, 0, false);
  }

  /** Whether a step may look ahead. */
  public static boolean allowsNesterov(float factor, float dampening) {
    return factor > 0 && dampening == 0;
  }

  /**
   * Brings velocities up to date.
   *
   * @param velocity changed in place, zeros in the beginning
   * @param from first index in both arrays
   * @param end index behind the last
   */
  public void advance(long iteration, float[] velocity, float[] gradient, int from, int end) {
    // As a number of its own the share of the gradient has the rounding of 1 - dampening.
    float share = (float) (1 - Double.parseDouble(Float.toString(dampening)));
    if (iteration == 0 || share == 1 || factor == 0) {
      advance(velocity, factor, gradient, from, end);
    } else {
      advanceBy(share, velocity, factor, gradient, from, end);
    }
  }

  // In methods of their own, each of one loop: so they are vectorized.

  private static void advance(float[] velocity, float factor, float[] gradient, int from, int end) {
    for (int i = from; i < end; i++) {
      velocity[i] = factor * velocity[i] + gradient[i];
    }
  }

  private static void advanceBy(
      float share, float[] velocity, float factor, float[] gradient, int from, int end) {
    for (int i = from; i < end; i++) {
      velocity[i] = factor * velocity[i] + share * gradient[i];
    }
  }

  /**
   * The steps that follow.
   *
   * @param velocity up to date
   * @param ahead takes the steps of a look ahead
   * @return the velocities themselves, or {@code ahead}
   */
  public float[] steps(float[] velocity, float[] gradient, float[] ahead, int from, int end) {
    if (!nesterov) {
      return velocity;
    }
    lookAhead(ahead, velocity, factor, gradient, from, end);
    return ahead;
  }

  private static void lookAhead(
      float[] ahead, float[] velocity, float factor, float[] gradient, int from, int end) {
    for (int i = from; i < end; i++) {
      ahead[i] = gradient[i] + factor * velocity[i];
    }
  }
}
