/** Reads and validates experiment files. */
@NullMarked
package org.sgsars.experiment;

import org.jspecify.annotations.NullMarked;
