/** The crossbar simulator on Kafka: row writes in, wear out. Makes no decisions. */
@NullMarked
package org.sgsars.crossbar.kafka;

import org.jspecify.annotations.NullMarked;
