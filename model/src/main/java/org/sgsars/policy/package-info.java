/**
 * How a policy presents itself: its kind, its parameters with units, ranges and defaults, and the
 * list of all that are on the class path. Pure: imports {@code java.*} and the model only.
 */
@NullMarked
package org.sgsars.policy;

import org.jspecify.annotations.NullMarked;
