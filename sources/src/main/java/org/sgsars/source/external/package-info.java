/** Source of runs whose gradients an external program sends. */
@NullMarked
package org.sgsars.source.external;

import org.jspecify.annotations.NullMarked;
