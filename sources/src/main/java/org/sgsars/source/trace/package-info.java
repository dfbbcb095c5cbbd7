/**
 * Stored gradients: safetensors folders and the native Avro form, and the way from one to other.
 */
@NullMarked
package org.sgsars.source.trace;

import org.jspecify.annotations.NullMarked;
