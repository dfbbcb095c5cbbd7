/**
 * What the cores, the wire and the whole pipeline cost, each beside what it is measured against.
 */
@NullMarked
package org.sgsars.benchmarks;

import org.jspecify.annotations.NullMarked;
