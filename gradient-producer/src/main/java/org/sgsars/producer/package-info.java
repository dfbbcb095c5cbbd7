/** The process {@code gradient-producer}: prepares a run, wires, starts, stops. */
@NullMarked
package org.sgsars.producer;

import org.jspecify.annotations.NullMarked;
