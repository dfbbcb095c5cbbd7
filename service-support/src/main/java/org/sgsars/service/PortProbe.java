package org.sgsars.service;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Looks at who is behind a host and port, without any client: no setting can be wrong here. */
final class PortProbe {
  /** What somebody answers to a first question in Kafka's protocol, and then in TLS. */
  enum Speech {
    KAFKA,
    TLS,
    /** Something else, such as HTTP. */
    OTHER,
    /** Takes the connection and closes it. */
    CLOSES,
    /** Takes the connection and says nothing. */
    SILENT
  }

  private static final int CORRELATION = 0x5C5A_0001;

  /** ApiVersions, version 0, of a client without a name; every broker answers it to everybody. */
  private static final byte[] QUESTION =
      ByteBuffer.allocate(14)
          .putInt(10)
          .putShort((short) 18)
          .putShort((short) 0)
          .putInt(CORRELATION)
          .putShort((short) -1)
          .array();

  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 3;

  private final InetSocketAddress address;
  private final int patienceMs;

  /**
   * @param patience for each of the steps
   */
  PortProbe(String host, int port, Duration patience) {
    this.address = new InetSocketAddress(host, port);
    this.patienceMs = Math.toIntExact(patience.toMillis());
  }

  /** Why it cannot be connected to, in the system's words; empty if it can. */
  Optional<String> problem() {
    try {
      connect().close();
      return Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.of("no such host is known here");
    } catch (SocketTimeoutException e) {
      return Optional.of(
          "no connection within %d s; perhaps a firewall is between"
              .formatted(Math.max(1, patienceMs / 1000)));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** What it speaks; {@link Speech#CLOSES} also if it does not take the connection any more. */
  Speech speech() {
    Speech plain = ask(QUESTION);
    if (plain == Speech.CLOSES || plain == Speech.SILENT) {
      return ask(clientHello()) == Speech.TLS ? Speech.TLS : plain;
    }
    return plain;
  }

  private Socket connect() throws IOException {
    if (address.isUnresolved()) {
      throw new UnknownHostException(address.getHostString());
    }
    Socket socket = new Socket();
    try {
      socket.connect(address, patienceMs);
      socket.setSoTimeout(patienceMs);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Speech ask(byte[] question) {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(question);
      return understood(socket.getInputStream());
    } catch (SocketTimeoutException e) {
      return Speech.SILENT;
    } catch (IOException e) {
      return Speech.CLOSES;
    }
  }

  private static Speech understood(InputStream in) throws IOException {
    byte[] type = in.readNBytes(2);
    if (type.length == 0) {
      return Speech.CLOSES;
    }
    boolean isTls =
        type.length == 2
            && (type[0] == TLS_ALERT || type[0] == TLS_HANDSHAKE)
            && type[1] == TLS_MAJOR;
    if (isTls) {
      return Speech.TLS;
    }
    // The rest of the length, and the number of the question that is answered.
    byte[] rest = in.readNBytes(2 + Integer.BYTES);
    boolean isKafka =
        rest.length == 2 + Integer.BYTES && ByteBuffer.wrap(rest).getInt(2) == CORRELATION;
    return isKafka ? Speech.KAFKA : Speech.OTHER;
  }

  /** The first message of a TLS client; whom it would trust does not matter yet. */
  private static byte[] clientHello() {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      engine.setUseClientMode(true);
      engine.beginHandshake();
      ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), hello);
      byte[] bytes = new byte[hello.flip().remaining()];
      hello.get(bytes);
      return bytes;
    } catch (NoSuchAlgorithmException | SSLException e) {
      throw new IllegalStateException("Every Java speaks TLS", e);
    }
  }

  @Override
  public String toString() {
    return address.getHostString() + ":" + address.getPort();
  }
}
