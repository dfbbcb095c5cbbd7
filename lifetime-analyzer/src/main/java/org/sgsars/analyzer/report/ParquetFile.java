package org.sgsars.analyzer.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;

/**
 * A table as Parquet, which DuckDB, pandas and Spark read; null where there is no value. Columns
 * are encoded (dictionaries, differences, run lengths) and not compressed: Parquet's codecs are
 * native libraries, which cannot be loaded everywhere.
 */
final class ParquetFile {
  private ParquetFile() {}

  /**
   * @param file that is not there yet
   */
  static void write(Table table, LifetimeReport report, Path file) throws IOException {
    try (ParquetWriter<@Nullable Object[]> writer =
        new Builder(table, new LocalOutputFile(file)).build()) {
      table.rows().each(report, writer::write);
    }
  }

  private static final class Builder extends ParquetWriter.Builder<@Nullable Object[], Builder> {
    private final Table table;

    Builder(Table table, OutputFile file) {
      super(file);
      this.table = table;
      withCompressionCodec(CompressionCodecName.UNCOMPRESSED);
      withWriterVersion(WriterVersion.PARQUET_2_0);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** The form of it that every builder must have. */
    @Override
    @SuppressWarnings("deprecation")
    protected WriteSupport<@Nullable Object[]> getWriteSupport(Configuration configuration) {
      return new Rows(table);
    }
  }

  /** Writes the rows of a table, each an array of its columns' values. */
  private static final class Rows extends WriteSupport<@Nullable Object[]> {
    private final Table table;
    private @Nullable RecordConsumer to;

    Rows(Table table) {
      this.table = table;
    }

    /** The form of it that all must have. */
    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration configuration) {
      Type[] types = table.columns().stream().map(ParquetFile::type).toArray(Type[]::new);
      return new WriteContext(new MessageType(table.name(), types), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      to = consumer;
    }

    @Override
    public void write(@Nullable Object[] values) {
      RecordConsumer consumer = to;
      if (consumer == null) {
        throw new IllegalStateException("Not prepared");
      }
      List<Table.Column> columns = table.columns();
      consumer.startMessage();
      for (int i = 0; i < values.length; i++) {
        Object value = values[i];
        if (value != null) {
          consumer.startField(columns.get(i).name(), i);
          write(columns.get(i).kind(), value, consumer);
          consumer.endField(columns.get(i).name(), i);
        }
      }
      consumer.endMessage();
    }

    private static void write(Table.Kind kind, Object value, RecordConsumer consumer) {
      switch (kind) {
        case TEXT -> consumer.addBinary(Binary.fromString((String) value));
        case WHOLE -> consumer.addLong((Long) value);
        case NUMBER -> consumer.addDouble((Double) value);
        case FLAG -> consumer.addBoolean((Boolean) value);
      }
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
