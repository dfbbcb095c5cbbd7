package org.sgsars.device;

import org.sgsars.device.CellSettings.WornAs;
import org.sgsars.policy.Setting;

/**
 * Devices whose cells' endurance is log-normal: all presets of resistive and phase-change cells.
 */
abstract class LognormalDevice extends PresetDevice<LognormalDevice.Settings> {
  /**
   * Within one array of resistive cells, as {@link Devices.RramMeasured} was measured: the one such
   * distribution that was found. Other arrays may have another, and it is a setting. Between
   * publications it is 1.6 decades.
   */
  static final double MEASURED_DECADES = 0.92;

  private final double median;
  private final double decades;
  private final WornAs wornAs;

  LognormalDevice(String kind, double median, boolean isRram, String summary, String source) {
    this(kind, new Law(median, MEASURED_DECADES, WornAs.VALUE), isRram, summary, source);
  }

  LognormalDevice(String kind, Law law, boolean isRram, String summary, String source) {
    super(kind, isRram, summary, source);
    this.median = law.median;
    this.decades = law.decades;
    this.wornAs = law.wornAs;
  }

  /**
   * How cells fail.
   *
   * @param median writes that half of the cells survive
   * @param decades standard deviation of the decimal logarithm
   * @param wornAs what a worn-out cell is stuck at
   */
  record Law(double median, double decades, WornAs wornAs) {}

  /**
   * A log-normal endurance.
   *
   * @param median writes that half of the cells survive
   * @param spread standard deviation of the decimal logarithm
   * @param pulse what a write pulse costs
   * @param cells what every device takes
   */
  record Settings(
      @Setting(
              about = "Writes that half of the cells survive.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES)
          double median,
      @Setting(
              about =
                  "Standard deviation of the decimal logarithm. The default was measured within one RRAM array, or for PCM is assumed.",
              unit = "decades",
              least = 0,
              most = 10)
          double spread,
      WritePulse pulse,
      CellSettings cells)
      implements DeviceSettings {}

  @Override
  public final Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  final Settings preset(WritePulse pulse) {
    return new Settings(median, decades, pulse, CellSettings.wornAs(wornAs));
  }

  @Override
  public final Endurance endurance(Settings settings) {
    return Endurance.lognormal(settings.median, settings.spread);
  }
}
