package org.sgsars.device;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A device whose settings have defaults with a source.
 *
 * @param <S> its settings
 */
abstract class PresetDevice<S extends Record & DeviceSettings> implements DevicePolicy<S> {
  /** Largest endurance that can be set: nothing above 1e12 was ever claimed. */
  static final double MOST_WRITES = 1e15;

  /** From a thousandth of a picosecond to a second, or the same in energy. */
  static final double LEAST_COST = 1e-6;

  static final double MOST_COST = 1e9;

  /**
   * A write pulse takes 10 ns in MNSIM and NVMExplorer, 50 ns in NeuroSim; 0.6 pJ per SET or RESET
   * at 2.0 V and 10 ns is NVMExplorer's RRAM cell.
   */
  private static final WritePulse RRAM_PULSE =
      new WritePulse(OptionalDouble.of(10), OptionalDouble.of(0.6));

  private final String kind;
  private final boolean isRram;
  private final String summary;
  private final String source;

  PresetDevice(String kind, boolean isRram, String summary, String source) {
    this.kind = kind;
    this.isRram = isRram;
    this.summary = summary;
    this.source = source;
  }

  @Override
  public final String kind() {
    return kind;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final String source() {
    return source;
  }

  @Override
  public final Optional<S> preset() {
    return Optional.of(preset(isRram ? RRAM_PULSE : WritePulse.UNKNOWN));
  }

  /** The preset, with what a pulse costs. */
  abstract S preset(WritePulse pulse);
}
