/** The services' read-only HTTP view. */
@NullMarked
package org.sgsars.service.http;

import org.jspecify.annotations.NullMarked;
