/**
 * Sparsifiers: accumulate gradients and select the rows or cells to write. Pure: imports {@code
 * java.*} and the contract's model and policy packages only; no Kafka, no Micronaut, no Avro, no
 * clock.
 */
@NullMarked
package org.sgsars.sparsifier;

import org.jspecify.annotations.NullMarked;
