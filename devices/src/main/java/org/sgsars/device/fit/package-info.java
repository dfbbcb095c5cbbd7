/**
 * Fits endurance distributions to measurements: by maximum likelihood, or empirical. Imports the
 * language and Hipparchus' mathematics, which compute the same bits on every machine.
 */
@NullMarked
package org.sgsars.device.fit;

import org.jspecify.annotations.NullMarked;
