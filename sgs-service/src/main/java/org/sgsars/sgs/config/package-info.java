/** Micronaut beans and settings of this service. */
@NullMarked
package org.sgsars.sgs.config;

import org.jspecify.annotations.NullMarked;
