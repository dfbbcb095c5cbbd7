package org.sgsars.device;

import java.util.OptionalDouble;
import org.sgsars.policy.Setting;

/** Devices whose cells' endurance is normal, cut at 0. */
abstract class NormalDevice extends PresetDevice<NormalDevice.Settings> {
  private final double mean;
  private final double sigma;

  NormalDevice(
      String kind, double mean, double sigma, boolean isRram, String summary, String source) {
    super(kind, isRram, summary, source);
    this.mean = mean;
    this.sigma = sigma;
  }

  /**
   * A normal endurance.
   *
   * @param mean in writes
   * @param sigma standard deviation, in writes
   * @param pulseNs time of one write pulse, in nanoseconds
   * @param pulsePj energy of one write pulse of one cell, in picojoules
   * @param cells what every device takes
   */
  record Settings(
      @Setting(about = "Mean endurance of a cell.", unit = "writes", least = 1, most = MOST_WRITES)
          double mean,
      @Setting(
              about = "Standard deviation of the endurance.",
              unit = "writes",
              least = 0,
              most = MOST_WRITES)
          double sigma,
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
          OptionalDouble pulsePj,
      CellSettings cells)
      implements DeviceSettings {}

  @Override
  public final Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  final Settings preset(OptionalDouble pulseNs, OptionalDouble pulsePj) {
    return new Settings(mean, sigma, pulseNs, pulsePj, CellSettings.defaults());
  }

  @Override
  public final Endurance endurance(Settings settings) {
    return Endurance.normal(settings.mean, settings.sigma);
  }
}
