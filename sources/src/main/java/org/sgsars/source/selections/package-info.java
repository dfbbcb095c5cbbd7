/** Sources of selections: stored ones and synthetic ones. */
@NullMarked
package org.sgsars.source.selections;

import org.jspecify.annotations.NullMarked;
