/** Micronaut beans and settings of this service. */
@NullMarked
package org.sgsars.analyzer.config;

import org.jspecify.annotations.NullMarked;
