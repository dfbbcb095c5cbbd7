/** Where gradients come from, apart from how they are stored or sent. Pure: {@code java.*} only. */
@NullMarked
package org.sgsars.producer.core;

import org.jspecify.annotations.NullMarked;
