/** Input files: which are read, which are skipped, and what is wrong with one. */
@NullMarked
package org.sgsars.file;

import org.jspecify.annotations.NullMarked;
