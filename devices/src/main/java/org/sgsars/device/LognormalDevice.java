package org.sgsars.device;

import java.util.List;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Devices whose cells' endurance is log-normal: all presets of resistive and phase-change cells.
 */
abstract class LognormalDevice extends PresetDevice {
  private static final String MEDIAN = "median";
  private static final String SPREAD = "spread";

  /**
   * Within one array. No measured distribution of cycles to failure was found; between publications
   * it is 1.6 decades. An assumption, and a setting.
   */
  private static final double ASSUMED_DECADES = 0.3;

  private final double median;

  LognormalDevice(String kind, double median, boolean isRram, String summary, String source) {
    super(kind, isRram, summary, source);
    this.median = median;
  }

  @Override
  final List<Parameter> distribution() {
    String summary = "Writes that half of the cells survive.";
    return List.of(
        Parameter.numberFrom(MEDIAN, median, 1, MOST_WRITES, "writes", summary),
        Parameter.numberFrom(
            SPREAD,
            ASSUMED_DECADES,
            0,
            10,
            "decades",
            "Standard deviation of the decimal logarithm; 0.3 is an assumption."));
  }

  @Override
  public final Endurance endurance(Settings settings) {
    return Endurance.lognormal(settings.number(MEDIAN), settings.number(SPREAD));
  }
}
