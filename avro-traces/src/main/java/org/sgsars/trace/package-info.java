/** Reads and writes traces as one Avro file. */
@NullMarked
package org.sgsars.trace;

import org.jspecify.annotations.NullMarked;
