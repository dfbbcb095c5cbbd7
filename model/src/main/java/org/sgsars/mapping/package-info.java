/** Which of a network's parameters are layers on crossbars, and how they lie there. */
@NullMarked
package org.sgsars.mapping;

import org.jspecify.annotations.NullMarked;
