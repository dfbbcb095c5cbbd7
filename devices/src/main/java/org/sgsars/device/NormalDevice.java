package org.sgsars.device;

import java.util.List;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/** Devices whose cells' endurance is normal, cut at 0. */
abstract class NormalDevice extends PresetDevice {
  private static final String MEAN = "mean";
  private static final String SIGMA = "sigma";

  private final double mean;
  private final double sigma;

  NormalDevice(
      String kind, double mean, double sigma, boolean isRram, String summary, String source) {
    super(kind, isRram, summary, source);
    this.mean = mean;
    this.sigma = sigma;
  }

  @Override
  final List<Parameter> distribution() {
    return List.of(
        Parameter.numberFrom(MEAN, mean, 1, MOST_WRITES, "writes", "Mean endurance of a cell."),
        Parameter.numberFrom(SIGMA, sigma, 0, MOST_WRITES, "writes", "Its standard deviation."));
  }

  @Override
  public final Endurance endurance(Settings settings) {
    return Endurance.normal(settings.number(MEAN), settings.number(SIGMA));
  }
}
