package org.sgsars.device;

import java.util.ArrayList;
import java.util.List;
import org.sgsars.policy.Parameter;

/** A device whose settings have defaults with a source. */
abstract class PresetDevice implements DevicePolicy {
  /** Largest endurance that can be set: nothing above 1e12 was ever claimed. */
  static final double MOST_WRITES = 1e15;

  /**
   * A write pulse takes 10 ns in MNSIM and NVMExplorer, 50 ns in NeuroSim; 0.6 pJ per SET or RESET
   * at 2.0 V and 10 ns is NVMExplorer's RRAM cell.
   */
  private static final double RRAM_PULSE_NS = 10;

  private static final double RRAM_PULSE_PJ = 0.6;

  private static final double LEAST_COST = 1e-6;
  private static final double MOST_COST = 1e9;

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

  /** The settings of its endurance. */
  abstract List<Parameter> distribution();

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
  public final List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(distribution());
    all.add(cost(PULSE_NS, RRAM_PULSE_NS, "ns", "Time of one write pulse."));
    all.add(cost(PULSE_PJ, RRAM_PULSE_PJ, "pJ", "Energy of one write pulse of one cell."));
    return List.copyOf(all);
  }

  /** From a thousandth of a picosecond to a second, or the same in energy. */
  private Parameter cost(String name, double ofRram, String unit, String meaning) {
    return isRram
        ? Parameter.numberFrom(name, ofRram, LEAST_COST, MOST_COST, unit, meaning)
        : Parameter.optionalNumberFrom(name, LEAST_COST, MOST_COST, unit, meaning);
  }
}
