package org.sgsars.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.sgsars.standalone.LocalPorts;

/**
 * Where the brokers of a cluster are, and how each is set up. Services reach a broker through a
 * relay, brokers and the harness reach each other directly.
 */
final class Brokers implements AutoCloseable {
  private static final String HOST = "127.0.0.1:";

  /** Longer than a moment without processor time, where three brokers share few. */
  private static final Map<String, String> OF_SEVERAL =
      Map.of(
          "broker.session.timeout.ms", "6000",
          "broker.heartbeat.interval.ms", "500",
          "default.replication.factor", "3",
          "offsets.topic.replication.factor", "3",
          "transaction.state.log.replication.factor", "3",
          "transaction.state.log.min.isr", "2",
          "min.insync.replicas", "2");

  private static final Map<String, String> OF_ONE =
      Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");

  /**
   * A broker's ports.
   *
   * @param direct for brokers and the harness
   * @param behindRelay for what the relay passes on
   */
  private record Ports(int direct, int behindRelay, int controller) {}

  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Ports> ports = new ArrayList<>();
  private final Network network = new Network();

  Brokers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Ports of = new Ports(LocalPorts.free(), LocalPorts.free(), LocalPorts.free());
      ports.add(of);
      network.relayTo(of.behindRelay());
    }
  }

  int count() {
    return ports.size();
  }

  Network network() {
    return network;
  }

  /** For services. */
  String bootstrapServers() {
    return IntStream.range(0, count())
        .mapToObj(broker -> HOST + network.port(broker))
        .collect(Collectors.joining(","));
  }

  /** For the harness, whom no cut reaches. */
  String directServers() {
    return ports.stream().map(of -> HOST + of.direct()).collect(Collectors.joining(","));
  }

  /**
   * What {@link BrokerProcess} is started with.
   *
   * @param broker number, from 0
   */
  List<String> arguments(int broker, Path data) {
    Ports of = ports.get(broker);
    Map<String, String> settings = new HashMap<>(count() == 1 ? OF_ONE : OF_SEVERAL);
    settings.put(
        "controller.quorum.voters",
        IntStream.range(0, count())
            .mapToObj(i -> (i + 1) + "@" + HOST + ports.get(i).controller())
            .collect(Collectors.joining(",")));
    settings.put(
        "listeners",
        "PLAINTEXT://%s%d,RELAYED://%s%d,CONTROLLER://%s%d"
            .formatted(HOST, of.direct(), HOST, of.behindRelay(), HOST, of.controller()));
    settings.put(
        "advertised.listeners",
        "PLAINTEXT://%s%d,RELAYED://%s%d".formatted(HOST, of.direct(), HOST, network.port(broker)));
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                data.toString(),
                Integer.toString(of.direct()),
                Integer.toString(of.controller()),
                Integer.toString(broker + 1),
                clusterId));
    settings.forEach((name, value) -> arguments.add(name + "=" + value));
    return arguments;
  }

  @Override
  public void close() {
    network.close();
  }
}
