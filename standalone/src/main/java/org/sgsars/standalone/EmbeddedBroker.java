package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;
import org.sgsars.file.Folders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka broker in this JVM: KRaft, one node, loopback only, its own folder. */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int PORT_ATTEMPTS = 5;
  private static final long STOP_MS = 10_000;

  /** Number of a node that has no others beside it. */
  private static final int ALONE = 1;

  /** A broker that was killed is registered still, and its successor waits until that is over. */
  private static final Map<String, String> SHORT_SESSION =
      Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");

  /** Goes when it stops; empty for none. */
  private final Optional<Path> passing;

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedBroker(Optional<Path> passing, KafkaRaftServer server, int port) {
    this.passing = passing;
    this.server = server;
    this.port = port;
  }

  /**
   * A broker on free ports, whose folder goes when it stops.
   *
   * @param parent where the broker's folder is made
   * @param failures is called if the broker gives up later, and why, such as when the disk is full
   * @throws ServiceException if the folder cannot be made or the broker does not start
   */
  public static EmbeddedBroker start(Path parent, Consumer<ServiceException> failures) {
    return start(parent, Map.of(), failures);
  }

  /**
   * The same with settings of Kafka's own added or changed. The clients' listener is named {@code
   * PLAINTEXT}, whatever protocol it is given.
   */
  static EmbeddedBroker start(
      Path parent, Map<String, String> changes, Consumer<ServiceException> failures) {
    Path folder = newFolder(parent);
    exitWithoutHalting(folder, failures);
    try {
      return tryPorts(
          attempt ->
              start(
                  folder.resolve("attempt-" + attempt),
                  LocalPorts.free(),
                  LocalPorts.free(),
                  Optional.of(folder),
                  changes));
    } catch (ServiceException e) {
      delete(folder);
      throw e;
    }
  }

  /**
   * A broker that restores what it finds in its folder, and leaves it there when it stops. A folder
   * that does not exist or is empty makes a new broker.
   *
   * @param port for clients; 0 for one that is free
   * @param failures as of {@link #start}
   * @throws ServiceException if it does not start
   */
  static EmbeddedBroker open(Path data, int port, Consumer<ServiceException> failures) {
    exitWithoutHalting(data, failures);
    return tryPorts(
        attempt ->
            start(
                data,
                port == 0 ? LocalPorts.free() : port,
                LocalPorts.free(),
                Optional.empty(),
                SHORT_SESSION));
  }

  /** The same on given ports, so that clients find it again after a restart. */
  public static EmbeddedBroker open(
      Path data, int port, int controllerPort, Consumer<ServiceException> failures) {
    exitWithoutHalting(data, failures);
    return start(data, port, controllerPort, Optional.empty(), SHORT_SESSION);
  }

  /** The same as one of several. */
  public static EmbeddedBroker open(
      Path data,
      int port,
      int controllerPort,
      BrokerNode node,
      Consumer<ServiceException> failures) {
    exitWithoutHalting(data, failures);
    return start(data, port, controllerPort, Optional.empty(), node);
  }

  /** Another process may take a port between looking for it and using it. */
  private static EmbeddedBroker tryPorts(IntFunction<EmbeddedBroker> start) {
    List<String> reasons = new ArrayList<>();
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      try {
        return start.apply(attempt);
      } catch (RuntimeException e) {
        LOG.debug("Broker did not start, attempt {}", attempt, e);
        reasons.add(FailureReason.of(e));
      }
    }
    throw new ServiceException("The broker in this process does not start: " + reasons.get(0));
  }

  private static EmbeddedBroker start(
      Path data,
      int port,
      int controllerPort,
      Optional<Path> passing,
      Map<String, String> changes) {
    BrokerNode alone = new BrokerNode(ALONE, Uuid.randomUuid().toString(), Duration.ZERO, changes);
    return start(data, port, controllerPort, passing, alone);
  }

  private static EmbeddedBroker start(
      Path data, int port, int controllerPort, Optional<Path> passing, BrokerNode node) {
    Properties settings = settings(data, port, controllerPort);
    settings.put("node.id", Integer.toString(node.id()));
    settings.putAll(node.settings());
    if (!Files.exists(data.resolve("meta.properties"))) {
      format(data, node);
    }
    Time time = node.clockOffset().isZero() ? Time.SYSTEM : new ShiftedTime(node.clockOffset());
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), time);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return new EmbeddedBroker(passing, server, port);
  }

  private static void format(Path data, BrokerNode node) {
    try {
      new Formatter()
          .setClusterId(node.clusterId())
          .setNodeId(node.id())
          .setDirectories(List.of(data.toString()))
          .setMetadataLogDirectory(data.toString())
          .setControllerListenerName("CONTROLLER")
          .setPrintStream(
              new java.io.PrintStream(
                  java.io.OutputStream.nullOutputStream(),
                  true,
                  java.nio.charset.StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) {
      throw new ServiceException(
          "The broker's folder %s cannot be prepared: %s".formatted(data, FailureReason.of(e)), e);
    }
  }

  /** A broker that loses its disk halts the JVM; here it must not take the report along. */
  private static void exitWithoutHalting(Path folder, Consumer<ServiceException> failures) {
    BrokerFaults faults = BrokerFaults.watch();
    Exit.Procedure procedure =
        (status, message) -> {
          ServiceException failure =
              new ServiceException(faults.reason(folder, Optional.ofNullable(message)));
          failures.accept(failure);
          throw failure;
        };
    Exit.setHaltProcedure(procedure);
    Exit.setExitProcedure(procedure);
  }

  private static Properties settings(Path data, int port, int controllerPort) {
    Properties settings = new Properties();
    settings.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry(
                "controller.quorum.voters", ALONE + "@" + LocalPorts.HOST + ":" + controllerPort),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry(
                "listeners",
                "PLAINTEXT://%s:%d,CONTROLLER://%s:%d"
                    .formatted(LocalPorts.HOST, port, LocalPorts.HOST, controllerPort)),
            Map.entry("advertised.listeners", "PLAINTEXT://" + LocalPorts.HOST + ":" + port),
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("log.dirs", data.toString()),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("default.replication.factor", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry(
                "message.max.bytes",
                Integer.toString(org.sgsars.service.PipelineLog.MAX_RECORD_BYTES)),
            Map.entry("socket.request.max.bytes", "104857600"),
            // Deleted records leave the disk with their segment, so segments are small and looked
            // at often.
            Map.entry("log.segment.bytes", "67108864"),
            Map.entry("log.retention.check.interval.ms", "5000"),
            Map.entry("log.segment.delete.delay.ms", "1000"),
            Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
            Map.entry("num.network.threads", "2"),
            // As the system sees fit.
            Map.entry("socket.send.buffer.bytes", "-1"),
            Map.entry("socket.receive.buffer.bytes", "-1"),
            Map.entry("num.io.threads", "4"),
            Map.entry("background.threads", "2")));
    return settings;
  }

  /** {@code host:port} for clients. */
  public String bootstrapServers() {
    return LocalPorts.HOST + ":" + port;
  }

  private static Path newFolder(Path parent) {
    try {
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "sgs-ars-broker-");
    } catch (IOException e) {
      throw new ServiceException(
          "No folder for the broker can be made in %s: %s".formatted(parent, FileProblem.reason(e)),
          e);
    }
  }

  @Override
  public void close() {
    Thread stopping = new Thread(this::shutDown, "broker-stop");
    stopping.setDaemon(true);
    stopping.start();
    try {
      // A broker that gave up may never come to rest.
      stopping.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    passing.ifPresent(EmbeddedBroker::delete);
  }

  private void shutDown() {
    server.shutdown();
    server.awaitShutdown();
  }

  static void delete(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      LOG.warn("Folder {} cannot be removed: {}", folder, e.getMessage());
    }
  }
}
