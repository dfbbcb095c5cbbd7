/** Gradients of any network's shapes without a trace. */
@NullMarked
package org.sgsars.producer.noise;

import org.jspecify.annotations.NullMarked;
