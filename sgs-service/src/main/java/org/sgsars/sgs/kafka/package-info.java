/** The SGS service on Kafka: gradients in, updates out. Makes no decisions. */
@NullMarked
package org.sgsars.sgs.kafka;

import org.jspecify.annotations.NullMarked;
