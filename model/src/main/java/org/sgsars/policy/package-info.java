/**
 * How a policy presents itself: its kind, its record of settings with units, ranges and defaults,
 * and the list of all that are on the class path. Pure: imports {@code java.*} and the model only.
 */
@NullMarked
package org.sgsars.policy;

import org.jspecify.annotations.NullMarked;
