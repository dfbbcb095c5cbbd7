package org.sgsars.analyzer;

import java.util.Map;
import org.sgsars.model.PolicyChoice;

/** A device whose cells all endure the same, as a run's plan names it. */
public final class ConstantDevice {
  private ConstantDevice() {}

  /**
   * @param writes that every cell survives
   */
  public static PolicyChoice of(double writes) {
    return new PolicyChoice(
        "constant",
        Map.ofEntries(
            Map.entry("writes", writes),
            Map.entry("mapping", "one-cell"),
            Map.entry("stuckLow", 0.0),
            Map.entry("stuckHigh", 0.0),
            Map.entry("wornAs", "value"),
            Map.entry("writeFailure", 0.0),
            Map.entry("retries", 0L),
            Map.entry("pulses", 1L),
            Map.entry("pulseSpread", 0.0),
            Map.entry("pulseNs", 10.0),
            Map.entry("pulsePj", 0.5)));
  }
}
