/** The reports over HTTP, read-only. */
@NullMarked
package org.sgsars.analyzer.http;

import org.jspecify.annotations.NullMarked;
