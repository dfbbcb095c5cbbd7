package org.sgsars.device;

import java.util.OptionalDouble;

/** What the settings of every device say, beside its endurance. */
public interface DeviceSettings {
  /** How cells hold weights, fail and are written. */
  CellSettings cells();

  /** What a write pulse costs. */
  default WritePulse pulse() {
    return WritePulse.UNKNOWN;
  }

  /** Time of one write pulse, in nanoseconds; empty where no source gives it. */
  default OptionalDouble pulseNs() {
    return pulse().pulseNs();
  }

  /** Energy of one write pulse of one cell, in picojoules; empty where no source gives it. */
  default OptionalDouble pulsePj() {
    return pulse().pulsePj();
  }
}
