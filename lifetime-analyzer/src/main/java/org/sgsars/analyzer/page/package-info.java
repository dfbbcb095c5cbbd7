/** JSON views for the live page: running runs, and reports on disk. */
@NullMarked
package org.sgsars.analyzer.page;

import org.jspecify.annotations.NullMarked;
