/**
 * What every service runs on: a poll loop over the partitions it owns, state saved per partition
 * with the input offset, dead letters, and the run catalogue.
 */
@NullMarked
package org.sgsars.service;

import org.jspecify.annotations.NullMarked;
