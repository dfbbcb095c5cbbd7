/** A policy that does not come with sgs-ars. */
@NullMarked
package org.example.leveller;

import org.jspecify.annotations.NullMarked;
