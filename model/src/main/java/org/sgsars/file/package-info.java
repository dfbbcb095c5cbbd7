/** Files of users: what is read, what is passed over, and what is wrong with one. */
@NullMarked
package org.sgsars.file;

import org.jspecify.annotations.NullMarked;
