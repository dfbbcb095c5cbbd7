package org.sgsars.analyzer.report;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.Writer;
import org.sgsars.analyzer.core.LifetimeReport;

/** A table as CSV (RFC 4180, lines ended by a line feed); nothing where there is no value. */
final class CsvFile {
  /** Quotes what needs quotes, and nothing else. */
  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .build();

  private CsvFile() {}

  /** Writes the header and all rows; the writer stays open. */
  static void write(Table table, LifetimeReport report, Writer out) throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
    table.columns().forEach(column -> schema.addColumn(column.name()));
    try (SequenceWriter rows = CSV.writer(schema.build()).writeValues(out)) {
      table.rows().each(report, rows::write);
    }
  }
}
