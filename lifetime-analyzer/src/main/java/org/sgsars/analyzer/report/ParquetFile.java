package org.sgsars.analyzer.report;

import blue.strategic.parquet.ParquetWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;

/** A table as Parquet, which DuckDB, pandas and Spark read; null where there is no value. */
final class ParquetFile {
  private ParquetFile() {}

  /**
   * @param file that is not there yet
   */
  static void write(Table table, LifetimeReport report, Path file) throws IOException {
    List<Table.Column> columns = table.columns();
    Type[] types = columns.stream().map(ParquetFile::type).toArray(Type[]::new);
    try (ParquetWriter<@Nullable Object[]> writer =
        ParquetWriter.writeFile(
            new MessageType(table.name(), types),
            file.toFile(),
            (values, to) -> {
              for (int i = 0; i < values.length; i++) {
                if (values[i] != null) {
                  to.write(columns.get(i).name(), values[i]);
                }
              }
            })) {
      table.rows().each(report, writer::write);
    }
  }

  private static Type type(Table.Column column) {
    return switch (column.kind()) {
      case TEXT ->
          Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case WHOLE -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
      case NUMBER -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
      case FLAG -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
    };
  }
}
