package org.sgsars.chaos;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Relays connections to brokers, and cuts them. Who a connection is of is said by the client's name
 * in its first request.
 */
final class Network implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  /** Length, kind and version of the request, its number, length of the client's name. */
  private static final int HEADER_BYTES = 4 + 2 + 2 + 4 + 2;

  private static final int LONGEST_NAME = 1024;

  /** How a connection is cut. */
  enum Way {
    /** Nothing arrives any more, as behind a switch without power. */
    SILENT,
    /** Connections are reset, and new ones as well, as behind a firewall that refuses them. */
    RESET
  }

  /**
   * Where nothing passes.
   *
   * @param client by its name; empty for all
   * @param broker by its number, from 0; empty for all
   */
  record Cut(Optional<String> client, Optional<Integer> broker, Way way) {
    private boolean isOf(Connection connection) {
      return client.map(connection.client::equals).orElse(true)
          && broker.map(number -> number == connection.broker).orElse(true);
    }
  }

  private final List<ServerSocket> doors = new ArrayList<>();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final List<Cut> cuts = new CopyOnWriteArrayList<>();
  private final Object healed = new Object();

  /** Opens a port through which a broker is reached, whose number is the next. */
  void relayTo(int port) throws IOException {
    int broker = doors.size();
    ServerSocket door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    doors.add(door);
    start("relay-" + broker, () -> accept(door, broker, port));
  }

  /** The port through which a broker is reached. */
  int port(int broker) {
    return doors.get(broker).getLocalPort();
  }

  void cut(Cut cut) {
    cuts.add(cut);
    if (cut.way() == Way.RESET) {
      connections.stream().filter(cut::isOf).forEach(Connection::reset);
    }
  }

  void heal(Cut cut) {
    cuts.remove(cut);
    synchronized (healed) {
      healed.notifyAll();
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket door, int broker, int port) {
    while (!door.isClosed()) {
      try {
        Connection connection = new Connection(door.accept(), broker, port);
        start("relayed", connection::relay);
      } catch (IOException e) {
        // Closed, or out of files: the client tries again.
        Thread.onSpinWait();
      }
    }
  }

  /** A client's connection and the one that was opened for it. */
  private final class Connection {
    private final Socket near;
    private final Socket far = new Socket();
    private final int broker;
    private final int port;
    private volatile String client = "";

    Connection(Socket near, int broker, int port) {
      this.near = near;
      this.broker = broker;
      this.port = port;
    }

    void relay() {
      try {
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(near.getInputStream());
        byte[] first = first(in);
        connections.add(this);
        if (cuts.stream().anyMatch(cut -> cut.isOf(this) && cut.way() == Way.RESET)) {
          reset();
          return;
        }
        awaitHealed();
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        OutputStream out = far.getOutputStream();
        out.write(first);
        start("relayed-back", () -> pump(far, near));
        pump(near, far);
      } catch (IOException e) {
        // The client went, or the broker is away: the client sees what it would see without us.
        close();
      }
    }

    /** The beginning of the first request, which names the client. */
    private byte[] first(DataInputStream in) throws IOException {
      byte[] header = new byte[HEADER_BYTES];
      in.readFully(header);
      int length = ByteBuffer.wrap(header).getShort(HEADER_BYTES - 2);
      if (length < 0 || length > LONGEST_NAME) {
        return header;
      }
      byte[] name = new byte[length];
      in.readFully(name);
      client = new String(name, StandardCharsets.UTF_8);
      return ByteBuffer.allocate(header.length + length).put(header).put(name).array();
    }

    private void awaitHealed() {
      synchronized (healed) {
        while (cuts.stream().anyMatch(cut -> cut.isOf(this))) {
          try {
            healed.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
          }
        }
      }
    }

    private void pump(Socket from, Socket to) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        while (true) {
          int count = in.read(buffer);
          awaitHealed();
          if (count < 0) {
            throw new EOFException();
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        // That a side has ended does not pass a cut either.
        awaitHealed();
        close();
      }
    }

    void reset() {
      try {
        near.setSoLinger(true, 0);
        far.setSoLinger(true, 0);
      } catch (IOException e) {
        // It is closed already.
        close();
      }
      close();
    }

    private void close() {
      connections.remove(this);
      Network.close(near);
      Network.close(far);
    }
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      System.err.println("A connection stays open: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    doors.forEach(Network::close);
    connections.forEach(Connection::close);
    cuts.clear();
    synchronized (healed) {
      healed.notifyAll();
    }
  }
}
