/** Faults of all kinds during runs of separate processes, and whether anything comes of them. */
@NullMarked
package org.sgsars.chaos;

import org.jspecify.annotations.NullMarked;
