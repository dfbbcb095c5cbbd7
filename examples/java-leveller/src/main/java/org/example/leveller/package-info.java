/** An example of a leveller outside the source tree. */
@NullMarked
package org.example.leveller;

import org.jspecify.annotations.NullMarked;
