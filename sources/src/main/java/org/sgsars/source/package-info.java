/** Where gradients come from, apart from how they are stored or sent. Pure: {@code java.*} only. */
@NullMarked
package org.sgsars.source;

import org.jspecify.annotations.NullMarked;
