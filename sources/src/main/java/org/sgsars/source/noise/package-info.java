/** Synthetic gradients for any network's shapes. */
@NullMarked
package org.sgsars.source.noise;

import org.jspecify.annotations.NullMarked;
