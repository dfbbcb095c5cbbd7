package org.sgsars.service;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A part of a state that a reader can pass over without knowing what is in it: blocks, each with
 * its length in bytes before it, and a length of 0 at the end.
 */
final class Blocks {
  private static final int BLOCK_BYTES = 1 << 16;

  private Blocks() {}

  static void write(DataOutput out, StateFolder.Saver saver) throws IOException {
    DataOutputStream blocks =
        new DataOutputStream(new BufferedOutputStream(new Sink(out), BLOCK_BYTES));
    saver.save(blocks);
    blocks.flush();
    out.writeInt(0);
  }

  /**
   * Reads a part to its end, even where the restorer does not.
   *
   * @throws java.io.EOFException if the restorer asks for more than there is
   */
  static void read(DataInput in, StateFolder.Restorer restorer) throws IOException {
    Source source = new Source(in);
    restorer.restore(new DataInputStream(new BufferedInputStream(source, BLOCK_BYTES)));
    source.skipRest();
  }

  static void skip(DataInput in) throws IOException {
    new Source(in).skipRest();
  }

  private static final class Sink extends OutputStream {
    private final DataOutput out;

    Sink(DataOutput out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (length > 0) {
        out.writeInt(length);
        out.write(bytes, from, length);
      }
    }
  }

  private static final class Source extends InputStream {
    private static final int END = -1;

    private final DataInput in;
    private int left;
    private boolean isAtEnd;

    Source(DataInput in) {
      this.in = in;
    }

    /** Whether there is more, and the length of its block is read. */
    private boolean hasMore() throws IOException {
      if (left == 0 && !isAtEnd) {
        left = in.readInt();
        isAtEnd = left == 0;
      }
      return !isAtEnd;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) == END ? END : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!hasMore()) {
        return END;
      }
      int count = Math.min(length, left);
      in.readFully(bytes, from, count);
      left -= count;
      return count;
    }

    void skipRest() throws IOException {
      byte[] passedOver = new byte[BLOCK_BYTES];
      while (read(passedOver, 0, BLOCK_BYTES) != END) {
        // On to the end.
      }
    }
  }
}
