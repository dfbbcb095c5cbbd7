/** Topic names, record keys and the wire format of records. */
@NullMarked
package org.sgsars.contract.wire;

import org.jspecify.annotations.NullMarked;
