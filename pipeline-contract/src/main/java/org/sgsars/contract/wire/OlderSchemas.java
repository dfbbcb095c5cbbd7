package org.sgsars.contract.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;

/**
 * The schemas that a kind of record had in earlier releases: what they wrote is read, with the
 * defaults of the fields that came later. They are resources {@code schemas/RELEASE/RECORD.avsc},
 * in Avro's parsing canonical form.
 *
 * @param <T> the record
 */
final class OlderSchemas<T> {
  /** Releases whose schemas are kept. One that had not yet a kind of record has no file for it. */
  private static final List<String> RELEASES = List.of("0.1.0");

  private final BinaryMessageDecoder<T> decoder;

  /** By the header of their records. */
  private final Map<ByteBuffer, Schema> schemas = new HashMap<>();

  /**
   * @param record name of the kind
   * @param own header of what is written now
   * @param decoder is told of the older schemas
   */
  OlderSchemas(String record, byte[] own, BinaryMessageDecoder<T> decoder) {
    this.decoder = decoder;
    for (String release : RELEASES) {
      Optional<Schema> schema = schema(release, record);
      if (schema.isPresent()) {
        ByteBuffer header = ByteBuffer.wrap(WireFormat.headerOf(schema.get()));
        if (!header.equals(ByteBuffer.wrap(own))) {
          schemas.put(header, schema.get());
          decoder.addSchema(schema.get());
        }
      }
    }
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
