/** The process {@code lifetime-analyzer}: reads settings, wires, starts, stops. No logic. */
@NullMarked
package org.sgsars.analyzer;

import org.jspecify.annotations.NullMarked;
