/** The process {@code ars-controller}: reads settings, wires, starts, stops. No logic. */
@NullMarked
package org.sgsars.ars;

import org.jspecify.annotations.NullMarked;
