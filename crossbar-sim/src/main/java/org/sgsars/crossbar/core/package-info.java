/**
 * The crossbars' cells and their wear. Pure: imports {@code java.*} and the contract's model
 * package only; no Kafka, no Micronaut, no Avro, no clock.
 */
@NullMarked
package org.sgsars.crossbar.core;

import org.jspecify.annotations.NullMarked;
