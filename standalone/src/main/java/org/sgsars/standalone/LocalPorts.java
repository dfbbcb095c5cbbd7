package org.sgsars.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.sgsars.failure.ServiceException;

/** Ports of the loopback address, which other machines do not reach. */
public final class LocalPorts {
  static final String HOST = "127.0.0.1";

  private LocalPorts() {}

  /** One that is free now. */
  public static int free() {
    try (ServerSocket socket = open(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ServiceException("No free port on " + HOST + ": " + e.getMessage(), e);
    }
  }

  /**
   * Looks whether a port is free, before what takes long to start.
   *
   * @param option that chose it
   * @throws ServiceException if it is taken
   */
  static void requireFree(int port, String option) {
    try {
      open(port).close();
    } catch (IOException e) {
      throw new ServiceException(
          "Port %d of %s cannot be used: %s; choose another by %s, 0 for one that is free"
              .formatted(port, HOST, e.getMessage(), option),
          e);
    }
  }

  private static ServerSocket open(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }
}
