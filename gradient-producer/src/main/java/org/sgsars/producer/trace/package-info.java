/**
 * Stored gradients: safetensors folders and the native Avro form, and the way from one to other.
 */
@NullMarked
package org.sgsars.producer.trace;

import org.jspecify.annotations.NullMarked;
