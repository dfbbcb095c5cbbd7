/** Trains networks in PyTorch, through DJL. */
@NullMarked
package org.sgsars.pytorch;

import org.jspecify.annotations.NullMarked;
