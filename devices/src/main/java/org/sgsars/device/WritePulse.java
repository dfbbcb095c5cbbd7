package org.sgsars.device;

import static org.sgsars.device.PresetDevice.LEAST_COST;
import static org.sgsars.device.PresetDevice.MOST_COST;

import java.util.OptionalDouble;
import org.sgsars.policy.Setting;

/**
 * What a write pulse costs; the same settings for every device.
 *
 * @param pulseNs time of one write pulse, in nanoseconds
 * @param pulsePj energy of one write pulse of one cell, in picojoules
 */
public record WritePulse(
    @Setting(
            about = "Time of one write pulse. 10 ns in MNSIM and NVMExplorer, 50 ns in NeuroSim.",
            unit = "ns",
            least = LEAST_COST,
            most = MOST_COST,
            absent = "unknown")
        OptionalDouble pulseNs,
    @Setting(
            about =
                "Energy of one write pulse of one cell. 0.6 pJ is NVMExplorer's RRAM cell at 2.0 V.",
            unit = "pJ",
            least = LEAST_COST,
            most = MOST_COST,
            absent = "unknown")
        OptionalDouble pulsePj) {
  /** Where no source gives it. */
  public static final WritePulse UNKNOWN =
      new WritePulse(OptionalDouble.empty(), OptionalDouble.empty());
}
