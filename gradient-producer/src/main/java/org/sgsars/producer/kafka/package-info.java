/** The gradient producer on Kafka: a source in, a run's manifest and gradients out. */
@NullMarked
package org.sgsars.producer.kafka;

import org.jspecify.annotations.NullMarked;
