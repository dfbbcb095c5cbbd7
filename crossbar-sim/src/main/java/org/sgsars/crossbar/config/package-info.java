/** Micronaut beans and settings of this service. */
@NullMarked
package org.sgsars.crossbar.config;

import org.jspecify.annotations.NullMarked;
