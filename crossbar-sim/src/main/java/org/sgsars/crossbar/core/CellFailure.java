package org.sgsars.crossbar.core;

import org.sgsars.device.Device;

/**
 * A cell that no longer switches.
 *
 * @param physicalRow its row in the layer's array
 * @param cell its number in the row: column * cells per weight + number in the weight
 * @param stuckAt what it is stuck at
 */
public record CellFailure(int physicalRow, int cell, Device.StuckAt stuckAt) {}
