/** Sources of selections: stored ones and synthetic ones. */
@NullMarked
package org.sgsars.producer.selections;

import org.jspecify.annotations.NullMarked;
