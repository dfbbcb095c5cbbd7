package org.sgsars.contract.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.CellFailures;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RowWear;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.RunRetired;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;
import org.sgsars.wire.StateLost;
import org.sgsars.wire.TileWear;
import org.sgsars.wire.Updates;
import org.sgsars.wire.Wear;
import org.sgsars.wire.Weights;

/**
 * The bytes of one kind of record: Avro's single-object encoding, that is 0xC3 0x01, the
 * CRC-64-AVRO fingerprint of the schema in little-endian order, then the plain Avro binary
 * encoding.
 *
 * @param <T> the record
 */
public final class WireFormat<T extends SpecificRecord> {
  private static final String RECORDS = "org.sgsars.wire";
  static final int HEADER_BYTES = 10;

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(RECORDS + ".")));
  }

  public static final WireFormat<RunManifest> RUN_MANIFEST =
      new WireFormat<>("RunManifest", RunManifest.getEncoder(), RunManifest.getDecoder());
  public static final WireFormat<RunAborted> RUN_ABORTED =
      new WireFormat<>("RunAborted", RunAborted.getEncoder(), RunAborted.getDecoder());
  public static final WireFormat<StateLost> STATE_LOST =
      new WireFormat<>("StateLost", StateLost.getEncoder(), StateLost.getDecoder());
  public static final WireFormat<RunRetired> RUN_RETIRED =
      new WireFormat<>("RunRetired", RunRetired.getEncoder(), RunRetired.getDecoder());
  public static final WireFormat<Gradients> GRADIENTS =
      new WireFormat<>("Gradients", new GradientsCodec(), Gradients.getDecoder());
  public static final WireFormat<Updates> UPDATES =
      new WireFormat<>("Updates", Updates.getEncoder(), Updates.getDecoder());
  public static final WireFormat<RowWrites> ROW_WRITES =
      new WireFormat<>("RowWrites", RowWrites.getEncoder(), RowWrites.getDecoder());
  public static final WireFormat<Wear> WEAR =
      new WireFormat<>("Wear", Wear.getEncoder(), Wear.getDecoder());
  public static final WireFormat<CellFailures> CELL_FAILURES =
      new WireFormat<>("CellFailures", CellFailures.getEncoder(), CellFailures.getDecoder());
  public static final WireFormat<RowWear> ROW_WEAR =
      new WireFormat<>("RowWear", RowWear.getEncoder(), RowWear.getDecoder());
  public static final WireFormat<TileWear> TILE_WEAR =
      new WireFormat<>("TileWear", TileWear.getEncoder(), TileWear.getDecoder());
  public static final WireFormat<Weights> WEIGHTS =
      new WireFormat<>("Weights", Weights.getEncoder(), Weights.getDecoder());
  public static final WireFormat<Accuracy> ACCURACY =
      new WireFormat<>("Accuracy", Accuracy.getEncoder(), Accuracy.getDecoder());
  public static final WireFormat<SnapshotBegin> SNAPSHOT_BEGIN =
      new WireFormat<>("SnapshotBegin", SnapshotBegin.getEncoder(), SnapshotBegin.getDecoder());
  public static final WireFormat<SnapshotChunk> SNAPSHOT_CHUNK =
      new WireFormat<>("SnapshotChunk", SnapshotChunk.getEncoder(), SnapshotChunk.getDecoder());
  public static final WireFormat<SnapshotEnd> SNAPSHOT_END =
      new WireFormat<>("SnapshotEnd", SnapshotEnd.getEncoder(), SnapshotEnd.getDecoder());
  public static final WireFormat<DeadLetter> DEAD_LETTER =
      new WireFormat<>("DeadLetter", DeadLetter.getEncoder(), DeadLetter.getDecoder());

  /**
   * How a record becomes bytes and back.
   *
   * @param <T> the record
   */
  interface Codec<T> {
    /** The header and the record. */
    byte[] encode(byte[] header, T record) throws IOException;

    /**
     * The record, whose header was compared.
     *
     * @param bytes header and record
     */
    T decode(ByteBuffer bytes) throws IOException;
  }

  /** What Avro generates for a record; it writes and reads the header itself. */
  private record Generated<T>(
      Schema schema, BinaryMessageEncoder<T> encoder, BinaryMessageDecoder<T> decoder)
      implements Codec<T> {
    @Override
    public byte[] encode(byte[] header, T record) throws IOException {
      ByteBuffer bytes = encoder.encode(record);
      byte[] exact = new byte[bytes.remaining()];
      bytes.get(exact);
      return exact;
    }

    @Override
    public T decode(ByteBuffer bytes) throws IOException {
      return decodeChecked(schema, decoder, bytes);
    }
  }

  /**
   * Goes through the record without making anything of it before it is made. A count or a length
   * that is not true ends there, and never as memory of that size.
   *
   * @param schema the writer's
   * @param bytes header and record
   */
  static <T> T decodeChecked(Schema schema, BinaryMessageDecoder<T> decoder, ByteBuffer bytes)
      throws IOException {
    ByteBuffer record =
        bytes.hasArray()
            ? bytes
            : ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    BinaryDecoder walker =
        DecoderFactory.get()
            .binaryDecoder(
                record.array(),
                record.arrayOffset() + record.position() + HEADER_BYTES,
                record.remaining() - HEADER_BYTES,
                null);
    GenericDatumReader.skip(schema, walker);
    if (!walker.isEnd()) {
      throw new IOException("bytes behind the record");
    }
    return decoder.decode(record);
  }

  private final String name;
  private final Codec<T> codec;
  private final byte[] header;
  private final OlderSchemas<T> older;

  private WireFormat(
      String name, BinaryMessageEncoder<T> encoder, BinaryMessageDecoder<T> decoder) {
    this(name, new Generated<>(schemaOf(name), encoder, decoder), decoder);
  }

  /**
   * @param decoder for what earlier releases wrote
   */
  private WireFormat(String name, Codec<T> codec, BinaryMessageDecoder<T> decoder) {
    this.name = name;
    this.codec = codec;
    this.header = headerOf(schemaOf(name));
    this.older = new OlderSchemas<>(name, schemaOf(name), decoder);
  }

  /**
   * Avro makes objects of trusted packages only. Loading this class, once, adds that of our records
   * and no other; whoever reads records without a format calls this first.
   */
  public static void trustOwnRecords() {
    // Done when this class was loaded.
  }

  static byte[] headerOf(Schema schema) {
    try {
      byte[] fingerprint = SchemaNormalization.parsingFingerprint("CRC-64-AVRO", schema);
      ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).put((byte) 0xC3).put((byte) 0x01);
      return bytes.put(fingerprint).array();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("Avro always has CRC-64-AVRO", e);
    }
  }

  private static Schema schemaOf(String name) {
    try {
      return (Schema) Class.forName(RECORDS + "." + name).getField("SCHEMA$").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("No schema for " + name, e);
    }
  }

  /**
   * The record as bytes, as the release before wrote it if that can hold all of it. It is not
   * changed, and neither are the positions of its buffers.
   */
  public byte[] encode(T record) {
    try {
      Optional<byte[]> asBefore = older.encode(record);
      return asBefore.isPresent() ? asBefore.get() : codec.encode(header, record);
    } catch (IOException e) {
      throw new IllegalStateException("Encoding in memory failed", e);
    }
  }

  /**
   * Whether the bytes say that they are this kind of record, as it is written now or was by an
   * earlier release.
   */
  public boolean recognises(byte[] bytes) {
    ByteBuffer record = ByteBuffer.wrap(bytes);
    return isNow(record) || isOlder(record);
  }

  private boolean isNow(ByteBuffer bytes) {
    return bytes.remaining() >= HEADER_BYTES
        && bytes.slice(bytes.position(), HEADER_BYTES).equals(ByteBuffer.wrap(header));
  }

  private boolean isOlder(ByteBuffer bytes) {
    return bytes.remaining() >= HEADER_BYTES
        && older.have(bytes.slice(bytes.position(), HEADER_BYTES));
  }

  /**
   * The record; its fields of bytes may be views of what is decoded.
   *
   * @throws UnknownSchemaException if they are a record of a schema that is not known
   * @throws WireException if the bytes are not one whole record of this kind
   */
  public T decode(byte[] bytes) throws WireException {
    return decode(ByteBuffer.wrap(bytes));
  }

  /** The same from the buffer's position to its limit, which stay as they are. */
  public T decode(ByteBuffer bytes) throws WireException {
    boolean isNow = isNow(bytes);
    if (!isNow && !isOlder(bytes)) {
      boolean hasMark =
          bytes.remaining() >= HEADER_BYTES
              && bytes.get(bytes.position()) == header[0]
              && bytes.get(bytes.position() + 1) == header[1];
      throw hasMark
          ? new UnknownSchemaException(name, fingerprint(bytes))
          : new WireException(
              "not a %s: no Avro single-object header (%d bytes)"
                  .formatted(name, bytes.remaining()));
    }
    try {
      return isNow ? codec.decode(bytes.duplicate()) : older.decode(bytes.duplicate());
    } catch (IOException | RuntimeException e) {
      // Hostile bytes make Avro throw whatever its buffers and collections throw.
      throw new WireException(
          "not a whole %s: %d bytes that end early or break its schema"
              .formatted(name, bytes.remaining()),
          e);
    }
  }

  /** As it stands in the header, and in docs/SWAPPING.md. */
  private static String fingerprint(ByteBuffer bytes) {
    byte[] start = new byte[HEADER_BYTES];
    bytes.duplicate().get(start);
    return HexFormat.of().formatHex(start, 2, HEADER_BYTES);
  }
}
