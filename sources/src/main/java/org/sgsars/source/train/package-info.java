/** Live training: images, their order, and the source that trains on them. */
@NullMarked
package org.sgsars.source.train;

import org.jspecify.annotations.NullMarked;
