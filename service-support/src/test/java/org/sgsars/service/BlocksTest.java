package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.failure.ServiceException;

final class BlocksTest {
  private static byte[] written(byte[] part, int after) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    Blocks.write(out, blocks -> blocks.write(part));
    out.writeInt(after);
    return bytes.toByteArray();
  }

  private static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 300_000})
  void read_whatWasWritten_isTheSame_andWhatFollowsComesNext(int length) throws Exception {
    byte[] part = new byte[length];
    new SplittableRandom(length).nextBytes(part);
    DataInputStream in = in(written(part, 77));
    byte[] read = new byte[length];

    Blocks.read(in, blocks -> blocks.readFully(read), Throwable::toString);

    assertThat(read).isEqualTo(part);
    assertThat(in.readInt()).isEqualTo(77);
  }

  @Test
  void skip_partOfAnyLength_isPassedOver() throws Exception {
    DataInputStream in = in(written(new byte[200_000], 77));

    Blocks.skip(in);

    assertThat(in.readInt()).isEqualTo(77);
  }

  @Test
  void read_restorerWantsLess_theRestIsPassedOver() throws Exception {
    DataInputStream in = in(written(new byte[] {1, 2, 3}, 77));

    Blocks.read(
        in, blocks -> assertThat(blocks.readByte()).isEqualTo((byte) 1), Throwable::toString);

    assertThat(in.readInt()).isEqualTo(77);
  }

  @Test
  void read_restorerWantsMore_isTold() throws Exception {
    DataInputStream in = in(written(new byte[] {1, 2, 3}, 77));

    assertThat(Blocks.read(in, blocks -> blocks.readInt(), Throwable::toString))
        .contains("java.io.EOFException");
    assertThat(in.readInt()).isEqualTo(77);
  }

  @Test
  void read_brokenOff_isOfNoUseAndWhatFollowsComesNext() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    assertThat(
            Blocks.write(
                out,
                blocks -> {
                  blocks.write(new byte[100_000]);
                  throw new IllegalStateException("half");
                }))
        .hasValueSatisfying(thrown -> assertThat(thrown).hasMessage("half"));
    Blocks.breakOff(out, "half");
    out.writeInt(77);
    DataInputStream in = in(bytes.toByteArray());

    assertThat(Blocks.read(in, blocks -> blocks.readByte(), Throwable::toString)).contains("half");

    assertThat(in.readInt()).isEqualTo(77);
  }

  /** The file is cut off, whatever the restorer makes of it. */
  @Test
  void read_endsEarly_isTold() throws Exception {
    DataInputStream in = in(Arrays.copyOf(written(new byte[] {1, 2, 3}, 77), 5));

    assertThatThrownBy(() -> Blocks.read(in, blocks -> blocks.readByte(), Throwable::toString))
        .isInstanceOf(EOFException.class);
  }

  /** A broker that refuses a record: were it the saver's fault, its layer would end. */
  @Test
  void write_streamBelowThrows_isNotTheSaversFault() {
    DataOutputStream refusing =
        new DataOutputStream(
            new OutputStream() {
              @Override
              public void write(int value) {
                throw new ServiceException("too large");
              }
            });

    assertThatThrownBy(() -> Blocks.write(refusing, blocks -> blocks.write(new byte[100_000])))
        .isInstanceOf(ServiceException.class)
        .hasMessage("too large");
  }

  @Test
  void read_streamBelowThrows_isNotTheRestorersFault() {
    DataInputStream silent =
        new DataInputStream(
            new InputStream() {
              @Override
              public int read() {
                throw new ServiceException("no broker");
              }

              @Override
              public int read(byte[] bytes, int from, int length) {
                throw new ServiceException("no broker");
              }
            });

    assertThatThrownBy(() -> Blocks.read(silent, blocks -> blocks.readByte(), Throwable::toString))
        .isInstanceOf(ServiceException.class)
        .hasMessage("no broker");
  }

  /** The layout on the disk: length, block, and a length of 0. */
  @Test
  void write_threeBytes_asWorkedOutByHand() throws Exception {
    assertThat(written(new byte[] {7, 8, 9}, -1))
        .isEqualTo(new byte[] {0, 0, 0, 3, 7, 8, 9, 0, 0, 0, 0, -1, -1, -1, -1});
    assertThat(Arrays.copyOf(written(new byte[0], -1), 4)).isEqualTo(new byte[4]);
  }
}
