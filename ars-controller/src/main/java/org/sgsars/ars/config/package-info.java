/** Micronaut beans and settings of this service. */
@NullMarked
package org.sgsars.ars.config;

import org.jspecify.annotations.NullMarked;
