/**
 * Computes lifetime from wear: extension, bound, first failure, first loss. Pure: imports {@code
 * java.*} and the contract's model only.
 */
@NullMarked
package org.sgsars.analyzer.core;

import org.jspecify.annotations.NullMarked;
