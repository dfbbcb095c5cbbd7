/** Networks in PyTorch, by way of DJL. */
@NullMarked
package org.sgsars.pytorch;

import org.jspecify.annotations.NullMarked;
