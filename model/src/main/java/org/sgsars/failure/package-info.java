/** Why something failed, in one line for people. */
@NullMarked
package org.sgsars.failure;

import org.jspecify.annotations.NullMarked;
