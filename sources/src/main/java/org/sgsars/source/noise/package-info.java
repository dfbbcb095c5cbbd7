/** Gradients of any network's shapes without a trace. */
@NullMarked
package org.sgsars.source.noise;

import org.jspecify.annotations.NullMarked;
