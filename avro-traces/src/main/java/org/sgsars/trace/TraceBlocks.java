package org.sgsars.trace;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.sgsars.file.FileProblem;
import org.sgsars.source.SourceException;

/**
 * Goes over the blocks of an Avro container file without reading what is in them: each is a number
 * of records, a number of bytes, the bytes, and the file's sync marker.
 */
final class TraceBlocks {
  private static final int SYNC_BYTES = 16;

  /** Two numbers of up to ten bytes. */
  private static final int HEAD_BYTES = 20;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private long at;
  private long lastBlock;

  private TraceBlocks(Path file, FileChannel channel, long start) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
    this.at = start;
    this.lastBlock = start;
  }

  /**
   * @param start where the first block begins, behind the header's sync marker
   * @return where the last block begins
   * @throws SourceException if the blocks do not go to the end of the file
   */
  static long last(Path file, long start) throws SourceException {
    try (FileChannel channel = FileChannel.open(file)) {
      TraceBlocks blocks = new TraceBlocks(file, channel, start);
      byte[] sync = blocks.bytes(start - SYNC_BYTES, SYNC_BYTES);
      while (blocks.at < blocks.size) {
        blocks.skip(sync);
      }
      return blocks.lastBlock;
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    }
  }

  private void skip(byte[] sync) throws IOException, SourceException {
    ByteBuffer head = ByteBuffer.wrap(bytes(at, (int) Math.min(HEAD_BYTES, size - at)));
    long records = number(head);
    long bytes = number(head);
    long data = at + head.position();
    if (records < 0 || bytes < 0) {
      throw problem("should have %d records in %d bytes".formatted(records, bytes));
    }
    if (bytes > size - data - SYNC_BYTES) {
      throw problem("should go on to byte %d of %d".formatted(data + bytes + SYNC_BYTES, size));
    }
    if (!Arrays.equals(bytes(data + bytes, SYNC_BYTES), sync)) {
      throw problem("does not end with the file's marker");
    }
    lastBlock = at;
    at = data + bytes + SYNC_BYTES;
  }

  /** Avro's variable-length number, zigzag. */
  private long number(ByteBuffer from) throws SourceException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (!from.hasRemaining()) {
        throw problem("ends before its length");
      }
      byte next = from.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value >>> 1 ^ -(value & 1);
      }
    }
    throw problem("has a length of no meaning");
  }

  private byte[] bytes(long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException();
      }
    }
    return buffer.array();
  }

  private SourceException problem(String what) {
    return new SourceException(
        "%s is truncated or corrupt: its block at byte %d %s".formatted(file, at, what));
  }
}
