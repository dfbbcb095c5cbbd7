/** Benchmarks of the cores, the wire format and the whole pipeline, each with a baseline. */
@NullMarked
package org.sgsars.benchmarks;

import org.jspecify.annotations.NullMarked;
