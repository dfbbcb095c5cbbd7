package org.sgsars.contract.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that a kind of record had in earlier releases: what they wrote is read, with the
 * defaults of the fields that came later. They are resources {@code schemas/RELEASE/RECORD.avsc},
 * in Avro's parsing canonical form.
 *
 * <p>What the release before can hold is written as it wrote it, so that its services and those of
 * this one work side by side while they are replaced.
 *
 * @param <T> the record
 */
final class OlderSchemas<T extends SpecificRecord> {
  /** Releases whose schemas are kept. One that had not yet a kind of record has no file for it. */
  private static final List<String> RELEASES = List.of("0.1.0");

  private final BinaryMessageDecoder<T> decoder;
  private final List<Schema.Field> own;

  /** By the header of their records. */
  private final Map<ByteBuffer, Schema> schemas = new HashMap<>();

  /** That of the release before, if it is another and what it lacks stands behind its fields. */
  private @Nullable Schema before;

  /**
   * @param record name of the kind
   * @param own what is written now
   * @param decoder learns the older schemas
   */
  OlderSchemas(String record, Schema own, BinaryMessageDecoder<T> decoder) {
    this.decoder = decoder;
    this.own = own.getFields();
    ByteBuffer ownHeader = ByteBuffer.wrap(WireFormat.headerOf(own));
    for (String release : RELEASES) {
      before = null;
      Optional<Schema> schema = schema(release, record);
      if (schema.isPresent()) {
        ByteBuffer header = ByteBuffer.wrap(WireFormat.headerOf(schema.get()));
        if (!header.equals(ownHeader)) {
          schemas.put(header, schema.get());
          decoder.addSchema(schema.get());
          before = isBeginning(schema.get()) ? schema.get() : null;
        }
      }
    }
  }

  private boolean isBeginning(Schema schema) {
    List<Schema.Field> fields = schema.getFields();
    return fields.size() < own.size()
        && IntStream.range(0, fields.size())
            .allMatch(i -> canonical(fields.get(i)).equals(canonical(own.get(i))));
  }

  private static String canonical(Schema.Field field) {
    return field.name() + SchemaNormalization.toParsingForm(field.schema());
  }

  /**
   * A record as the release before wrote it.
   *
   * @return empty if that has the same schema, or cannot hold all of the record
   */
  Optional<byte[]> encode(T record) throws IOException {
    Schema schema = before;
    if (schema == null || !hasDefaultsFrom(schema.getFields().size(), record)) {
      return Optional.empty();
    }
    ByteBuffer bytes = new BinaryMessageEncoder<T>(SpecificData.get(), schema).encode(record);
    byte[] exact = new byte[bytes.remaining()];
    bytes.get(exact);
    return Optional.of(exact);
  }

  private boolean hasDefaultsFrom(int first, T record) {
    return IntStream.range(first, own.size())
        .allMatch(
            i ->
                own.get(i).hasDefaultValue()
                    && Objects.equals(
                        record.get(i), SpecificData.get().getDefaultValue(own.get(i))));
  }

  private static Optional<Schema> schema(String release, String record) {
    String resource = "schemas/" + release + "/" + record + ".avsc";
    try (InputStream in = OlderSchemas.class.getResourceAsStream(resource)) {
      return in == null
          ? Optional.empty()
          : Optional.of(
              new Schema.Parser().parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException("Resource " + resource + " cannot be read", e);
    }
  }

  /**
   * @param header the first bytes of a record
   */
  boolean have(ByteBuffer header) {
    return schemas.containsKey(header);
  }

  /**
   * A record whose header {@link #have} knows.
   *
   * @param bytes header and record
   */
  T decode(ByteBuffer bytes) throws IOException {
    Schema schema = schemas.get(bytes.slice(bytes.position(), WireFormat.HEADER_BYTES));
    if (schema == null) {
      throw new IOException("a schema that is not known");
    }
    return WireFormat.decodeChecked(schema, decoder, bytes);
  }
}
