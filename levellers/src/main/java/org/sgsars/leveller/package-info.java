/**
 * Levellers: map logical to physical rows and level their wear. Pure: imports {@code java.*} and
 * the contract's model and policy packages only; no Kafka, no Micronaut, no Avro, no clock.
 */
@NullMarked
package org.sgsars.leveller;

import org.jspecify.annotations.NullMarked;
