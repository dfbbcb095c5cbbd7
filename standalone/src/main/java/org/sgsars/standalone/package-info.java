/** The command line, and the whole pipeline in one process with a broker of its own. */
@NullMarked
package org.sgsars.standalone;

import org.jspecify.annotations.NullMarked;
