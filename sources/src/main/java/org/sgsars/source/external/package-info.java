/** Gradients that a program outside sends itself. */
@NullMarked
package org.sgsars.source.external;

import org.jspecify.annotations.NullMarked;
