/**
 * Devices: how many writes a cell endures, what a write costs, and how cells fail. The crossbar-sim
 * lets cells fail by them, the ars-controller levels by them, the lifetime-analyzer projects by
 * them. Pure: imports {@code java.*} and the contract's model and policies only; no clock, and no
 * randomness but from the seed.
 */
@NullMarked
package org.sgsars.device;

import org.jspecify.annotations.NullMarked;
