/**
 * All services in one thread, on a log, a disk and a clock in memory. A seed draws who does the
 * next step, and what goes wrong; the same seed gives the same schedule.
 */
@NullMarked
package org.sgsars.simulation;

import org.jspecify.annotations.NullMarked;
