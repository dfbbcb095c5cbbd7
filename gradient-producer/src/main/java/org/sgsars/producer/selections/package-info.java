/** Sources of selections: stored ones, synthetic ones, and those an adversary would make. */
@NullMarked
package org.sgsars.producer.selections;

import org.jspecify.annotations.NullMarked;
