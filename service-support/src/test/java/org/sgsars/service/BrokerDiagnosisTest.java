package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sgsars.failure.ServiceException;

/** Why Kafka cannot be used, by servers that do one thing wrong each. */
final class BrokerDiagnosisTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 80};

  private final List<AutoCloseable> open = new ArrayList<>();

  /** What a server does with a connection, before it closes it. */
  @FunctionalInterface
  private interface Manner {
    void serve(Socket client) throws IOException;
  }

  private String server(Manner manner) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                try (Socket client = server.accept()) {
                  manner.serve(client);
                } catch (IOException e) {
                  if (server.isClosed()) {
                    return;
                  }
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return "127.0.0.1:" + server.getLocalPort();
  }

  @AfterEach
  void closeServers() throws Exception {
    for (AutoCloseable server : open) {
      server.close();
    }
  }

  private static String problem(String address, String protocol) {
    return problem(address, protocol, TIMEOUT);
  }

  private static String problem(String address, String protocol, Duration patience) {
    Properties properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, address);
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
    return new BrokerDiagnosis(properties, patience).problem().orElse("");
  }

  /** A request's number, by which its answer is known; 0 at the end. */
  private static byte[] request(Socket client) throws IOException {
    byte[] length = client.getInputStream().readNBytes(4);
    return length.length < 4
        ? new byte[0]
        : client.getInputStream().readNBytes(ByteBuffer.wrap(length).getInt());
  }

  /** Answers which requests it knows, and that its only broker is at an address. */
  private static void broker(Socket client, String host, int port) throws IOException {
    OutputStream out = client.getOutputStream();
    for (byte[] request = request(client); request.length > 0; request = request(client)) {
      ByteBuffer head = ByteBuffer.wrap(request);
      short api = head.getShort();
      short version = head.getShort();
      ByteBuffer answer = ByteBuffer.allocate(1000);
      answer.putInt(0).putInt(head.getInt());
      if (api == ApiKeys.API_VERSIONS.id) {
        // Of a version that it does not know a broker says so in version 0.
        answer.putShort((short) (version == 0 ? 0 : 35)).putInt(2);
        answer.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 0).putShort((short) 0);
        answer.putShort(ApiKeys.METADATA.id).putShort((short) 0).putShort((short) 1);
      } else {
        byte[] name = host.getBytes(StandardCharsets.UTF_8);
        // Metadata, version 1: brokers (number, host, port, no rack), controller, no topics.
        answer.putInt(1).putInt(7).putShort((short) name.length).put(name).putInt(port);
        answer.putShort((short) -1).putInt(7).putInt(0);
      }
      answer.putInt(0, answer.position() - 4);
      out.write(answer.array(), 0, answer.position());
    }
  }

  @Test
  void problem_nobodyListens_isTheSystemsWords() {
    assertThat(problem("127.0.0.1:1", "PLAINTEXT"))
        .isEqualTo(
            "127.0.0.1:1: Connection refused; start a broker there, or set the right address");
  }

  @Test
  void problem_hostThatIsNotKnown_isSaid() {
    assertThat(problem("nowhere.invalid:9092", "PLAINTEXT"))
        .isEqualTo("No resolvable bootstrap urls given in bootstrap.servers");
  }

  @Test
  void problem_serverThatSaysNothing_isSilent() throws Exception {
    String address = server(client -> client.getInputStream().readAllBytes());

    assertThat(problem(address, "PLAINTEXT", Duration.ofMillis(100)))
        .startsWith(address + " takes the connection and does not answer within ")
        .contains("perhaps");
  }

  @Test
  void problem_serverThatCloses_isNotSilent() throws Exception {
    String address = server(client -> {});

    assertThat(problem(address, "PLAINTEXT"))
        .startsWith(address + " takes the connection and closes it without an answer; perhaps");
  }

  @Test
  void problem_httpServer_isNoBroker() throws Exception {
    String address =
        server(
            client ->
                client
                    .getOutputStream()
                    .write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII)));

    assertThat(problem(address, "PLAINTEXT"))
        .isEqualTo(address + " answers, but not as a Kafka broker; set the right address");
  }

  @Test
  void problem_tlsAtTheServerOnly_isSaid() throws Exception {
    String address = server(client -> client.getOutputStream().write(TLS_ALERT));

    assertThat(problem(address, "PLAINTEXT"))
        .isEqualTo(
            address
                + " speaks TLS, and this client does not (security.protocol=PLAINTEXT); allowed there: SSL or SASL_SSL");
  }

  /** A broker closes without a word what is no handshake, and answers one. */
  @Test
  void problem_tlsServerThatSaysNothingToOthers_isKnownByItsHandshake() throws Exception {
    String address =
        server(
            client -> {
              if (client.getInputStream().read() == 0x16) {
                client.getOutputStream().write(TLS_ALERT);
              }
            });

    assertThat(problem(address, "PLAINTEXT")).startsWith(address + " speaks TLS");
  }

  @Test
  void problem_tlsAtTheClientOnly_isSaid() throws Exception {
    String address = server(client -> broker(client, "127.0.0.1", 1));

    assertThat(problem(address, "SSL"))
        .isEqualTo(
            address
                + " speaks Kafka without TLS, and this client wants TLS (security.protocol=SSL)");
  }

  @Test
  void problem_advertisedAddressThatNobodyListensAt_namesBoth() throws Exception {
    String address = server(client -> broker(client, "127.0.0.1", 1));

    assertThat(problem(address, "PLAINTEXT"))
        .isEqualTo(
            address
                + " answers, and tells clients to use 127.0.0.1:1 (Connection refused), which cannot be reached from here; set the broker's advertised.listeners to an address that can");
  }

  @Test
  void problem_advertisedHostThatIsNotKnown_namesIt() throws Exception {
    String address = server(client -> broker(client, "kafka.invalid", 9092));

    assertThat(problem(address, "PLAINTEXT"))
        .contains("tells clients to use kafka.invalid:9092 (no such host is known here)");
  }

  @Test
  void problem_advertisedAddressThatAnswers_isNone() throws Exception {
    String other = server(client -> {});
    int port = Integer.parseInt(other.substring(other.indexOf(':') + 1));
    String address = server(client -> broker(client, "127.0.0.1", port));

    assertThat(problem(address, "PLAINTEXT")).isEmpty();
  }

  /** As one that wants a login does. */
  @Test
  void problem_brokerThatHangsUpAfterItsVersions_refusesThisClient() throws Exception {
    String address =
        server(
            client -> {
              byte[] first = request(client);
              if (first.length == 0) {
                return;
              }
              ByteBuffer answer = ByteBuffer.allocate(14).putInt(10);
              answer.put(first, 4, 4).putShort((short) 35).putInt(0);
              client.getOutputStream().write(answer.array());
            });

    assertThat(problem(address, "PLAINTEXT"))
        .startsWith(address + " speaks Kafka and refuses this client: ")
        .contains("security.protocol (here PLAINTEXT)");
  }

  @Test
  void awaitBroker_wait_isSaidAsLongAsItWas() throws Exception {
    String address = server(client -> client.getInputStream().readAllBytes());
    PipelineLog kafka =
        PipelineLog.onKafka(new KafkaSettings(address, "", 1, -1, Duration.ofSeconds(1), Map.of()));

    ServiceException failure = catchThrowableOfType(ServiceException.class, kafka::awaitBroker);

    assertThat(failure)
        .hasMessageStartingWith(
            "No Kafka broker can be used at %s (waited 1 s): %s takes the connection"
                .formatted(address, address));
  }
}
