/** What the live page shows, as JSON, of runs that go on and of reports on disk. */
@NullMarked
package org.sgsars.analyzer.page;

import org.jspecify.annotations.NullMarked;
