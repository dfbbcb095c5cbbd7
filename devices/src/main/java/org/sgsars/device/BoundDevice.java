package org.sgsars.device;

import org.sgsars.policy.BoundPolicy;

/**
 * A device's policy with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundDevice<S extends Record & DeviceSettings>(DevicePolicy<S> policy, S settings)
    implements BoundPolicy<S> {
  /** As {@link DevicePolicy#endurance}. */
  public Endurance endurance() {
    return policy.endurance(settings);
  }

  /**
   * The device with its cells.
   *
   * @param runSeed used if the settings have no seed of their own
   * @throws org.sgsars.policy.PolicyFailure if the policy throws
   */
  public Device create(long runSeed) {
    return Device.of(this, runSeed);
  }
}
