package org.sgsars.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Why Kafka cannot be used. Its clients retry whatever happens and then say that time is over; this
 * asks each address once, step by step, and says which step fails.
 */
final class BrokerDiagnosis {
  private static final int BOOTSTRAP_NODE = -1;
  private static final String CLIENT = "diagnosis";

  private final Properties properties;
  private final Duration patience;

  /**
   * @param properties of a client that could not use it
   * @param patience for each of the steps
   */
  BrokerDiagnosis(Properties properties, Duration patience) {
    this.properties = properties;
    this.patience = patience;
  }

  /** What is wrong at each of the client's addresses; empty if nothing is. */
  Optional<String> problem() {
    List<String> problems = new ArrayList<>();
    try {
      for (InetSocketAddress address : addresses()) {
        problem(address.getHostString(), address.getPort()).ifPresent(problems::add);
      }
    } catch (ConfigException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  private List<InetSocketAddress> addresses() {
    return ClientUtils.parseAndValidateAddresses(new AdminClientConfig(properties));
  }

  private Optional<String> problem(String host, int port) {
    PortProbe probe = new PortProbe(host, port, patience);
    Optional<String> unreachable = probe.problem();
    if (unreachable.isPresent()) {
      return Optional.of(
          "%s: %s; start a broker there, or set the right address"
              .formatted(probe, unreachable.get()));
    }
    PortProbe.Speech speech = probe.speech();
    return problem(probe, speech).or(() -> problemWithCluster(host, port, probe));
  }

  private Optional<String> problem(PortProbe probe, PortProbe.Speech speech) {
    return switch (speech) {
      case KAFKA ->
          wantsTls()
              ? Optional.of(
                  "%s speaks Kafka without TLS, and this client wants TLS (security.protocol=%s)"
                      .formatted(probe, protocol()))
              : Optional.empty();
      case TLS ->
          wantsTls()
              ? Optional.empty()
              : Optional.of(
                  "%s speaks TLS, and this client does not (security.protocol=%s); allowed there: SSL or SASL_SSL"
                      .formatted(probe, protocol()));
      case OTHER ->
          Optional.of(
              "%s answers, but not as a Kafka broker; set the right address".formatted(probe));
      case CLOSES ->
          Optional.of(
              "%s takes the connection and closes it without an answer; perhaps it is no Kafka broker, or one that is starting or overloaded"
                  .formatted(probe));
      case SILENT ->
          Optional.of(
              "%s takes the connection and does not answer within %d s; perhaps it is no Kafka broker, or one that hangs"
                  .formatted(probe, Math.max(1, patience.toSeconds())));
    };
  }

  private String protocol() {
    return properties
        .getProperty(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT")
        .toUpperCase(Locale.ROOT);
  }

  private boolean wantsTls() {
    return protocol().endsWith("SSL");
  }

  /** What it says of its cluster, to a client with all settings. */
  private Optional<String> problemWithCluster(String host, int port, PortProbe probe) {
    try (Metrics metrics = new Metrics();
        KafkaClient client = client(metrics)) {
      Node node = new Node(BOOTSTRAP_NODE, host, port);
      if (!NetworkClientUtils.awaitReady(client, node, Time.SYSTEM, patience.toMillis())) {
        return Optional.of(
            "%s takes the connection and does not come to terms with this client within %d s (security.protocol=%s)"
                .formatted(probe, patience.toSeconds(), protocol()));
      }
      Collection<Node> brokers = brokers(client);
      if (brokers.isEmpty()) {
        return Optional.of(probe + " answers, but knows of no broker in its cluster yet");
      }
      return problemWithAdvertised(probe, brokers);
    } catch (IOException | KafkaException e) {
      return Optional.of(
          "%s speaks Kafka and refuses this client: %s; perhaps it wants another security.protocol (here %s) or login"
              .formatted(probe, e.getMessage(), protocol()));
    }
  }

  private KafkaClient client(Metrics metrics) {
    Properties own = new Properties();
    own.putAll(properties);
    own.put(AdminClientConfig.CLIENT_ID_CONFIG, CLIENT);
    return ClientUtils.createNetworkClient(
        new AdminClientConfig(own),
        CLIENT,
        metrics,
        CLIENT,
        new LogContext(),
        new ApiVersions(),
        Time.SYSTEM,
        1,
        Math.toIntExact(patience.toMillis()),
        null,
        new ManualMetadataUpdater(),
        new DefaultHostResolver(),
        null,
        null);
  }

  private Collection<Node> brokers(KafkaClient client) throws IOException {
    ClientRequest request =
        client.newClientRequest(
            Integer.toString(BOOTSTRAP_NODE),
            // Of no topic, so that none is made.
            new MetadataRequest.Builder(List.of(), true),
            Time.SYSTEM.milliseconds(),
            true);
    MetadataResponse answer =
        (MetadataResponse)
            NetworkClientUtils.sendAndReceive(client, request, Time.SYSTEM).responseBody();
    return answer.brokers();
  }

  /** The addresses that clients are told to use. */
  private Optional<String> problemWithAdvertised(PortProbe probe, Collection<Node> brokers) {
    List<String> unreachable = new ArrayList<>();
    for (Node broker : brokers) {
      PortProbe advertised = new PortProbe(broker.host(), broker.port(), patience);
      advertised.problem().ifPresent(why -> unreachable.add(advertised + " (" + why + ")"));
    }
    return unreachable.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s answers, and tells clients to use %s, which cannot be reached from here; set the broker's advertised.listeners to an address that can"
                .formatted(probe, String.join(", ", unreachable)));
  }
}
