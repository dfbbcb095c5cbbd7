package org.sgsars.device;

import org.sgsars.policy.Setting;

/**
 * A user's own device whose cells' endurance follows Weibull's law, that of the weakest of many
 * parts: of n cells the first fails as one cell would whose scale is n^(1/shape) times smaller.
 */
public final class WeibullDevice extends PresetDevice<WeibullDevice.Settings> {
  private static final double DEFAULT_SCALE = 1e6;

  /**
   * Of the failed resets on foundry-integrated arrays by R. Radway et al., Nature Electronics 2021,
   * doi 10.1038/s41928-020-00515-3; docs/DEVICES.md has the counts.
   */
  private static final double MEASURED_SHAPE = 1.25;

  /** Some 11 decades between cells; beyond, the weakest of an array endures nothing at all. */
  static final double LEAST_SHAPE = 0.05;

  static final double MOST_SHAPE = 1000;

  public WeibullDevice() {
    super(
        "weibull",
        true,
        "A device of your own whose endurance follows Weibull's law.",
        "yours; the shape is that of Radway et al., Nature Electronics 2021, doi 10.1038/s41928-020-00515-3");
  }

  /**
   * An endurance by Weibull's law.
   *
   * @param scale writes that 36.8 % of the cells (1/e) survive
   * @param shape of the law: the larger, the more alike are the cells
   * @param pulse what a write pulse costs
   * @param cells what every device takes
   */
  record Settings(
      @Setting(
              about = "Writes that 36.8 % of the cells (1/e) survive.",
              unit = "writes",
              least = 1,
              most = MOST_WRITES)
          double scale,
      @Setting(
              about =
                  "Shape: the larger, the more alike the cells. The standard deviation of the decimal logarithm is 0.557 / shape.",
              least = LEAST_SHAPE,
              most = MOST_SHAPE)
          double shape,
      WritePulse pulse,
      CellSettings cells)
      implements DeviceSettings {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  Settings preset(WritePulse pulse) {
    return new Settings(DEFAULT_SCALE, MEASURED_SHAPE, pulse, CellSettings.defaults());
  }

  @Override
  public Endurance endurance(Settings settings) {
    return Endurance.weibull(settings.scale, settings.shape);
  }
}
