/**
 * The field's terms as immutable values: layers, selections, scenarios, runs. Pure: imports {@code
 * java.*} only, so that every service's core may use it.
 */
@NullMarked
package org.sgsars.model;

import org.jspecify.annotations.NullMarked;
