/** Micronaut beans and settings of this service. */
@NullMarked
package org.sgsars.producer.config;

import org.jspecify.annotations.NullMarked;
