/**
 * Interfaces to the log (Kafka or memory) and to time. They reach Kafka and the clock through these
 * types only, so that a run can have a broker, a log in memory, or a simulated one.
 */
@NullMarked
package org.sgsars.log;

import org.jspecify.annotations.NullMarked;
