/**
 * Where random numbers come from: streams that are named, so that none depends on another, on the
 * order in which they are asked for, or on who asks. Pure: imports {@code java.*} only.
 */
@NullMarked
package org.sgsars.random;

import org.jspecify.annotations.NullMarked;
