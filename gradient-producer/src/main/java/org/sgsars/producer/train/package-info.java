/** Live training: images, their order, and the source that trains on them. */
@NullMarked
package org.sgsars.producer.train;

import org.jspecify.annotations.NullMarked;
