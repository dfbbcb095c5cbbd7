package org.sgsars.simulation;

/** A process is killed: whatever it was doing ends here. */
final class Killed extends Error {
  private static final long serialVersionUID = 1;

  Killed() {
    super("killed", null, false, false);
  }
}
