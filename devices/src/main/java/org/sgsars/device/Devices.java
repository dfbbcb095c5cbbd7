package org.sgsars.device;

import org.sgsars.policy.Setting;

/** The devices that come with the project. Each is a line of data: kind, endurance, source. */
public final class Devices {
  private static final String NVM_EXPLORER = "publications collected by NVMExplorer";

  /** Within one array of phase-change cells, of which none was found to be measured. */
  private static final double ASSUMED_DECADES = 0.3;

  private Devices() {}

  /** Every cell survives the same number of writes. */
  public static final class Constant extends PresetDevice<Constant.Settings> {
    private static final double DEFAULT_WRITES = 1e6;

    public Constant() {
      super(
          "constant",
          true,
          "Every cell survives the same number of writes: for checks against closed forms.",
          "none");
    }

    /**
     * The same endurance for all.
     *
     * @param writes that every cell survives
     * @param pulse what a write pulse costs
     * @param cells what every device takes
     */
    record Settings(
        @Setting(
                about = "Writes that every cell survives.",
                unit = "writes",
                least = 0,
                most = MOST_WRITES)
            double writes,
        WritePulse pulse,
        CellSettings cells)
        implements DeviceSettings {}

    @Override
    public Class<Settings> settingsType() {
      return Settings.class;
    }

    @Override
    Settings preset(WritePulse pulse) {
      return new Settings(DEFAULT_WRITES, pulse, CellSettings.defaults());
    }

    @Override
    public Endurance endurance(Settings settings) {
      return Endurance.constant(settings.writes);
    }
  }

  /** A user's own, log-normal. */
  public static final class Lognormal extends LognormalDevice {
    public Lognormal() {
      super("lognormal", 1e6, true, "A device of your own whose endurance is log-normal.", "yours");
    }
  }

  /** A user's own, normal. */
  public static final class Normal extends NormalDevice {
    public Normal() {
      super("normal", 1e6, 1e5, true, "A device of your own whose endurance is normal.", "yours");
    }
  }

  /** Embedded RRAM of a 22 nm process. */
  public static final class RramEmbedded extends LognormalDevice {
    public RramEmbedded() {
      super(
          "rram-embedded",
          1e4,
          true,
          "Embedded RRAM of a 22 nm process.",
          "Intel, VLSI 2019, doi 10.23919/VLSIT.2019.8776570");
    }
  }

  /** The middle of what is published. */
  public static final class RramTypical extends LognormalDevice {
    public RramTypical() {
      super(
          "rram-typical",
          1e6,
          true,
          "RRAM as most publish it.",
          "median of 18 RRAM " + NVM_EXPLORER + ", 1e3 to 1e8");
    }
  }

  /** The best of what is published. */
  public static final class RramGood extends LognormalDevice {
    public RramGood() {
      super(
          "rram-good",
          1e8,
          true,
          "RRAM as the best publish it.",
          "best of 18 RRAM " + NVM_EXPLORER);
    }
  }

  /**
   * The one array of which a distribution of cycles to failure was found: the fit of its failed
   * bits, of which docs/DEVICES.md has the counts and the limits. Nearly all of them are resets
   * that are not taken, so worn-out cells are stuck at low resistance.
   */
  public static final class RramMeasured extends LognormalDevice {
    public RramMeasured() {
      super(
          "rram-measured",
          new Law(2.5e9, LognormalDevice.MEASURED_DECADES, CellSettings.WornAs.LOW),
          true,
          "RRAM of a foundry, with the spread that was measured within its arrays.",
          "fit of the failed bits in R. Radway et al., Nature Electronics 2021, doi 10.1038/s41928-020-00515-3; the median is an extrapolation");
    }
  }

  /** Cells that weak pulses switch little by little. */
  public static final class RramWeakPulse extends LognormalDevice {
    public RramWeakPulse() {
      super(
          "rram-weak-pulse",
          1e11,
          true,
          "RRAM under weak pulses that switch it little by little.",
          "Zhao et al., IEDM 2018, doi 10.1109/IEDM.2018.8614664");
    }
  }

  /** The highest claims. */
  public static final class RramClaimed extends LognormalDevice {
    public RramClaimed() {
      super(
          "rram-claimed",
          1e12,
          true,
          "RRAM as claimed of TaOx; most claims above 1e6 rest on a few points of one device.",
          "Lanza et al., ACS Nano 2021, doi 10.1021/acsnano.1c06980");
    }
  }

  /** Phase-change memory. */
  public static final class Pcm extends LognormalDevice {
    public Pcm() {
      super(
          "pcm",
          new Law(1e8, ASSUMED_DECADES, CellSettings.WornAs.VALUE),
          false,
          "Phase-change memory.",
          "median of 13 PCM " + NVM_EXPLORER + ", 1e5 to 2.8e11");
    }
  }

  /** What NVMain assumes. */
  public static final class Nvmain extends NormalDevice {
    public Nvmain() {
      super("nvmain", 1e6, 1e5, false, "What NVMain assumes.", "NVMain's shipped configuration");
    }
  }
}
