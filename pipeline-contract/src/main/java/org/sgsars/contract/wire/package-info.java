/** Topics, keys and the bytes of records. */
@NullMarked
package org.sgsars.contract.wire;

import org.jspecify.annotations.NullMarked;
