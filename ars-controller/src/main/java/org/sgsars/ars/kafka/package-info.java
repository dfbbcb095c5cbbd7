/** The ARS controller on Kafka: updates in, row writes out. Makes no decisions. */
@NullMarked
package org.sgsars.ars.kafka;

import org.jspecify.annotations.NullMarked;
