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
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sgsars.policy.PolicyFailure;

/**
 * A part of a state that a reader can pass over without knowing what is in it: blocks, each with
 * its length in bytes before it, and a length of 0 at the end; or of -1, and the reason why what
 * stands before it is of no use.
 */
public final class Blocks {
  private static final int BLOCK_BYTES = 1 << 16;

  /** Stands where a length would, before the reason. */
  private static final int BROKEN = -1;

  /** In characters: whatever they are, their bytes are within what UTF takes. */
  private static final int MOST_OF_A_REASON = 4_000;

  private Blocks() {}

  /**
   * Writes a part.
   *
   * @return what the saver threw, if it did; then the part has no end yet, see {@link #breakOff}
   * @throws IOException if it cannot be written, whatever the saver
   */
  public static Optional<Throwable> write(DataOutput out, SnapshotStore.Saver saver)
      throws IOException {
    Sink sink = new Sink(out);
    DataOutputStream blocks = new DataOutputStream(new BufferedOutputStream(sink, BLOCK_BYTES));
    try {
      saver.save(blocks);
      blocks.flush();
    } catch (IOException | RuntimeException | Error e) {
      sink.failIfFailed();
      if (e instanceof Error error && !PolicyFailure.isContained(e)) {
        throw error;
      }
      return Optional.of(e);
    }
    out.writeInt(0);
    return Optional.empty();
  }

  /** Ends a part of which nothing is to be used. */
  public static void breakOff(DataOutput out, String reason) throws IOException {
    out.writeInt(BROKEN);
    out.writeUTF(reason.substring(0, Math.min(reason.length(), MOST_OF_A_REASON)));
  }

  /**
   * Reads a part to its end, even where the restorer does not.
   *
   * @param says the words for what the restorer threw
   * @return why the part is of no use: it was broken off, or its restorer threw
   * @throws IOException if it cannot be read, whatever the restorer
   */
  public static Optional<String> read(
      DataInput in, SnapshotStore.Restorer restorer, Function<Throwable, String> says)
      throws IOException {
    Source source = new Source(in);
    String thrown = null;
    try {
      restorer.restore(new DataInputStream(new BufferedInputStream(source, BLOCK_BYTES)));
    } catch (IOException | RuntimeException | Error e) {
      source.failIfFailed();
      thrown = says.apply(e);
    }
    source.skipRest();
    String broken = source.broken;
    return Optional.ofNullable(broken == null ? thrown : broken);
  }

  static void skip(DataInput in) throws IOException {
    new Source(in).skipRest();
  }

  /** What a stream below throws, its own whoever catches it on the way. */
  private static final class Failure {
    private @Nullable Exception first;

    void record(Exception thrown) {
      first = thrown;
    }

    void rethrow() throws IOException {
      if (first instanceof IOException ofStream) {
        throw ofStream;
      }
      if (first instanceof RuntimeException ofLog) {
        throw ofLog;
      }
    }
  }

  private static final class Sink extends OutputStream {
    private final DataOutput out;
    private final Failure failure = new Failure();

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
        try {
          out.writeInt(length);
          out.write(bytes, from, length);
        } catch (IOException | RuntimeException e) {
          failure.record(e);
          throw e;
        }
      }
    }

    /** A full disk, or a broker that refuses a record, is nobody's fault who writes there. */
    void failIfFailed() throws IOException {
      failure.rethrow();
    }
  }

  private static final class Source extends InputStream {
    private static final int END = -1;

    private final DataInput in;
    private int left;
    private boolean isAtEnd;
    private @Nullable String broken;
    private final Failure failure = new Failure();

    Source(DataInput in) {
      this.in = in;
    }

    /** Whether there is more, and the length of its block is read. */
    private boolean hasMore() throws IOException {
      if (left == 0 && !isAtEnd) {
        left = in.readInt();
        isAtEnd = left <= 0;
        if (left == BROKEN) {
          broken = in.readUTF();
        }
      }
      return !isAtEnd;
    }

    void failIfFailed() throws IOException {
      failure.rethrow();
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
      try {
        if (!hasMore()) {
          return END;
        }
        int count = Math.min(length, left);
        in.readFully(bytes, from, count);
        left -= count;
        return count;
      } catch (IOException | RuntimeException e) {
        failure.record(e);
        throw e;
      }
    }

    void skipRest() throws IOException {
      byte[] passedOver = new byte[BLOCK_BYTES];
      while (read(passedOver, 0, BLOCK_BYTES) != END) {
        // On to the end.
      }
    }
  }
}
