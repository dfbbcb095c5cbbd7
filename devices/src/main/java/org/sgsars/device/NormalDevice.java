package org.sgsars.device;

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
   * @param pulse what a write pulse costs
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
      WritePulse pulse,
      CellSettings cells)
      implements DeviceSettings {}

  @Override
  public final Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  final Settings preset(WritePulse pulse) {
    return new Settings(mean, sigma, pulse, CellSettings.defaults());
  }

  @Override
  public final Endurance endurance(Settings settings) {
    return Endurance.normal(settings.mean, settings.sigma);
  }
}
