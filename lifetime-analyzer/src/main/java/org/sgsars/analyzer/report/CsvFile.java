package org.sgsars.analyzer.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.io.Writer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;

/** A table as CSV (RFC 4180, lines ended by a line feed); nothing where there is no value. */
final class CsvFile {
  private static final Pattern NEEDS_QUOTES = Pattern.compile("[,\"\r\n]");

  private CsvFile() {}

  static void write(Table table, LifetimeReport report, Writer out) throws IOException {
    out.write(
        table.columns().stream()
            .map(Table.Column::name)
            .collect(Collectors.joining(",", "", "\n")));
    table
        .rows()
        .each(
            report,
            values -> {
              for (int i = 0; i < values.length; i++) {
                out.write(i == 0 ? "" : ",");
                out.write(field(values[i]));
              }
              out.write('\n');
            });
  }

  private static String field(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Double number) {
      return NumberOutput.toString(number, true);
    }
    if (value instanceof String text && NEEDS_QUOTES.matcher(text).find()) {
      return '"' + text.replace("\"", "\"\"") + '"';
    }
    return value.toString();
  }
}
