/** The process {@code crossbar-sim}: reads settings, wires, starts, stops. No logic. */
@NullMarked
package org.sgsars.crossbar;

import org.jspecify.annotations.NullMarked;
