package org.sgsars.analyzer.report;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;

/**
 * A table of the report, whatever it is written as.
 *
 * @param name of its files
 * @param columns in their order
 * @param rows gives a report's rows, the same again whenever it is asked
 */
record Table(String name, List<Column> columns, Rows rows) {
  /** What the values of a column are. */
  enum Kind {
    /** {@link String}. */
    TEXT,
    /** {@link Long}. */
    WHOLE,
    /** {@link Double}. */
    NUMBER,
    /** {@link Boolean}. */
    FLAG
  }

  record Column(String name, Kind kind) {}

  /** Gives rows one after the other: a large network has too many to hold. */
  @FunctionalInterface
  interface Rows {
    void each(LifetimeReport report, RowWriter writer) throws IOException;
  }

  /** Takes rows. */
  @FunctionalInterface
  interface RowWriter {
    /**
     * @param values one for each column, of its kind; null for none
     */
    void row(@Nullable Object... values) throws IOException;
  }

  static Column text(String name) {
    return new Column(name, Kind.TEXT);
  }

  static Column whole(String name) {
    return new Column(name, Kind.WHOLE);
  }

  static Column number(String name) {
    return new Column(name, Kind.NUMBER);
  }

  static Column flag(String name) {
    return new Column(name, Kind.FLAG);
  }
}
