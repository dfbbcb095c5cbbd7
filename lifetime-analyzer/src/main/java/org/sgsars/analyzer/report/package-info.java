/** The files of a report, and its table for the terminal. */
@NullMarked
package org.sgsars.analyzer.report;

import org.jspecify.annotations.NullMarked;
