package org.sgsars.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behind the relay stands a server that sends back what it receives. */
final class NetworkTest {
  /** Long enough for a byte that is on its way, short enough to wait for one that is not. */
  private static final int SOON_MS = 200;

  private final Network network = new Network();
  private final ServerSocket server;

  NetworkTest() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  @BeforeEach
  void start() throws IOException {
    Thread thread = new Thread(this::serve);
    thread.setDaemon(true);
    thread.start();
    network.relayTo(server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    network.close();
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread =
            new Thread(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException e) {
                    assertThat(socket.isClosed()).isTrue();
                  }
                });
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  /** A client that has sent its first request, and received it again. */
  private Socket client(String name) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), network.port(0));
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer request = ByteBuffer.allocate(14 + bytes.length);
    request.putInt(10 + bytes.length).putShort((short) 18).putShort((short) 4).putInt(0);
    request.putShort((short) bytes.length).put(bytes);
    socket.getOutputStream().write(request.array());
    assertThat(socket.getInputStream().readNBytes(request.capacity())).isEqualTo(request.array());
    return socket;
  }

  private static int exchange(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return receive(socket);
  }

  private static int receive(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return in.read();
  }

  private static Network.Cut cut(String client, Network.Way way) {
    return new Network.Cut(Optional.of(client), Optional.of(0), way);
  }

  @Test
  void cut_silent_nothingPassesUntilItIsHealed() throws Exception {
    try (Socket cut = client("a");
        Socket other = client("b")) {
      Network.Cut fault = cut("a", Network.Way.SILENT);
      network.cut(fault);
      cut.setSoTimeout(SOON_MS);
      assertThatThrownBy(() -> exchange(cut, 7)).isInstanceOf(SocketTimeoutException.class);
      assertThat(exchange(other, 8)).isEqualTo(8);

      network.heal(fault);

      cut.setSoTimeout(0);
      assertThat(receive(cut)).isEqualTo(7);
    }
  }

  @Test
  void cut_reset_connectionsBreakAndNewOnesToo() throws Exception {
    try (Socket cut = client("a");
        Socket other = client("b")) {
      Network.Cut fault = cut("a", Network.Way.RESET);
      network.cut(fault);

      assertThatThrownBy(() -> receive(cut)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> client("a"))
          .isInstanceOfAny(IOException.class, AssertionError.class);
      assertThat(exchange(other, 8)).isEqualTo(8);

      network.heal(fault);
      try (Socket again = client("a")) {
        assertThat(exchange(again, 9)).isEqualTo(9);
      }
    }
  }

  @Test
  void cut_allClients_nobodyReachesThatBroker() throws Exception {
    try (Socket one = client("a")) {
      network.cut(new Network.Cut(Optional.empty(), Optional.of(0), Network.Way.SILENT));
      one.setSoTimeout(SOON_MS);

      assertThatThrownBy(() -> exchange(one, 7)).isInstanceOf(SocketTimeoutException.class);
    }
  }
}
