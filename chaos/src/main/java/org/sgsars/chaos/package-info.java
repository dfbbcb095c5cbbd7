/**
 * Injects faults into runs of separate processes, and compares their reports with an undisturbed
 * one.
 */
@NullMarked
package org.sgsars.chaos;

import org.jspecify.annotations.NullMarked;
