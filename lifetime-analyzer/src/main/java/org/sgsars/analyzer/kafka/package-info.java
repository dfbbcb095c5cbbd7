/** The lifetime analyzer on Kafka: runs, wear and dead letters in, reports out. */
@NullMarked
package org.sgsars.analyzer.kafka;

import org.jspecify.annotations.NullMarked;
