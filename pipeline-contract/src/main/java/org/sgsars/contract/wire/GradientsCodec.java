package org.sgsars.contract.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.sgsars.wire.Gradients;

/**
 * The same bytes as Avro's own encoding makes, without its copies: gradients are most of what goes
 * over the wire. What is encoded is copied once, into the record; what is decoded is a view of the
 * record.
 */
final class GradientsCodec implements WireFormat.Codec<Gradients> {
  /** More than the fields before the values take, with a run of the longest name. */
  private static final int FIELD_BYTES = 256;

  @Override
  public byte[] encode(byte[] header, Gradients record) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream(FIELD_BYTES);
    fields.write(header);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(fields, null);
    encoder.writeString(record.getRun());
    encoder.writeInt(record.getLayer());
    encoder.writeLong(record.getIteration());
    encoder.writeInt(record.getChunk());
    encoder.writeInt(record.getChunks());
    encoder.writeInt(record.getFirstOutput());
    encoder.writeInt(record.getOutputs());
    ByteBuffer weights = record.getWeights().duplicate();
    ByteBuffer biases = record.getBiases().duplicate();
    encoder.writeLong(weights.remaining());
    int before = fields.size();
    encoder.writeLong(biases.remaining());
    int behind = fields.size();
    encoder.writeInt(record.getTraining());
    byte[] head = fields.toByteArray();
    byte[] bytes = new byte[head.length + weights.remaining() + biases.remaining()];
    return ByteBuffer.wrap(bytes)
        .put(head, 0, before)
        .put(weights)
        .put(head, before, behind - before)
        .put(biases)
        .put(head, behind, head.length - behind)
        .array();
  }

  @Override
  public Gradients decode(ByteBuffer bytes) throws IOException {
    ByteBuffer record = bytes.position(bytes.position() + WireFormat.HEADER_BYTES).slice();
    if (!record.hasArray()) {
      record = ByteBuffer.allocate(record.remaining()).put(record).flip();
    }
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(record.array(), record.arrayOffset(), record.remaining(), null);
    // Arguments are read in their order, which is that of the schema. The run is a view as well: a
    // length that is not true must not make anything of that length.
    return new Gradients(
        StandardCharsets.UTF_8.decode(view(record, decoder)).toString(),
        decoder.readInt(),
        decoder.readLong(),
        decoder.readInt(),
        decoder.readInt(),
        decoder.readInt(),
        decoder.readInt(),
        view(record, decoder),
        view(record, decoder),
        decoder.readInt());
  }

  /** A field of bytes where it stands, as a length and the bytes. */
  private static ByteBuffer view(ByteBuffer record, BinaryDecoder decoder) throws IOException {
    long length = decoder.readLong();
    int left = decoder.inputStream().available();
    if (length < 0 || length > left) {
      throw new IOException("a field of %d bytes where %d are left".formatted(length, left));
    }
    decoder.skipFixed((int) length);
    return record.slice(record.remaining() - left, (int) length);
  }
}
