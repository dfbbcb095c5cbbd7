package org.sgsars.device;

import java.util.Optional;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A kind of device that experiments can name.
 *
 * @param <S> its settings
 */
public interface DevicePolicy<S extends Record & DeviceSettings> extends Policy<S> {
  @Override
  default PolicyFamily family() {
    return PolicyFamily.DEVICE;
  }

  @Override
  default BoundDevice<S> bind(PolicyChoice choice) {
    return new BoundDevice<>(this, SettingsType.bind(this, choice));
  }

  /** How many writes cells survive. */
  Endurance endurance(S settings);

  /** Where its numbers come from, for people. */
  String source();

  @Override
  default Optional<String> familyProblemWith(S settings) {
    return settings.cells().problem();
  }
}
