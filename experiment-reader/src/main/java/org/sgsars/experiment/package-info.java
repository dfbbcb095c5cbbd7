/** Experiment files: what they say, and what is wrong with them. */
@NullMarked
package org.sgsars.experiment;

import org.jspecify.annotations.NullMarked;
