/**
 * Laws of endurance from what was measured: by maximum likelihood, or as it was seen. Imports the
 * language and Hipparchus' mathematics, which compute the same bits on every machine.
 */
@NullMarked
package org.sgsars.device.fit;

import org.jspecify.annotations.NullMarked;
