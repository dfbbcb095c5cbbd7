/** The process {@code sgs-service}: reads settings, wires, starts, stops. No logic. */
@NullMarked
package org.sgsars.sgs;

import org.jspecify.annotations.NullMarked;
