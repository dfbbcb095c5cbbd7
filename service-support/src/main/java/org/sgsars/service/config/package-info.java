/** The services' settings as Micronaut reads them from environment and {@code application.yml}. */
@NullMarked
package org.sgsars.service.config;

import org.jspecify.annotations.NullMarked;
