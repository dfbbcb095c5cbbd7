/** Failures as one-line messages for users. */
@NullMarked
package org.sgsars.failure;

import org.jspecify.annotations.NullMarked;
