/**
 * A log in memory that behaves as Kafka does towards its clients: topics, offsets, groups with
 * rebalances, acknowledgements. For runs without a broker, and for simulations that inject faults.
 *
 * <p>It draws no random numbers and reads no clock but its {@link org.sgsars.log.TimeSource}: the
 * same calls have the same results.
 */
@NullMarked
package org.sgsars.log.memory;

import org.jspecify.annotations.NullMarked;
