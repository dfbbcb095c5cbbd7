package org.sgsars.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.sgsars.service.PipelineLog;

/** The same as {@link Throughput}, broker and services each in a process of its own. */
final class SeparateProcesses {
  private static final String SELECTING = "sgs-service";
  private static final int BROKER_HEAP = 512;
  private static final int PRODUCER_HEAP = 512;

  /** The services, in the order of their start, with their heaps in MiB. */
  private static final Map<String, Integer> SERVICES = services();

  private static final long POLL_MS = 50;

  private SeparateProcesses() {}

  private static Map<String, Integer> services() {
    Map<String, Integer> services = new LinkedHashMap<>();
    services.put("lifetime-analyzer", 128);
    services.put("crossbar-sim", 128);
    services.put("ars-controller", 128);
    services.put(SELECTING, 1152);
    services.put("gradient-producer", PRODUCER_HEAP);
    return services;
  }

  /** Raw Kafka; the consuming end is in this process. */
  static Rate raw(Path work, Load load) throws IOException, InterruptedException {
    try (Children children = new Children(work)) {
      String servers = startBroker(children, work);
      PipelineLog kafka = PipelineLog.onKafka(RawKafka.settings(servers));
      kafka.prepareTopics();
      Process producer =
          children.start(
              "raw-producer",
              PRODUCER_HEAP,
              RawProducerProcess.class,
              servers,
              Integer.toString(load.chunkBytes()),
              Integer.toString(load.allIterations()));
      RawKafka.Permits permits =
          count -> {
            children.requireAll();
            producer.getOutputStream().write(new byte[count]);
            producer.getOutputStream().flush();
          };
      return new RawKafka(RawKafka.settings(servers), load).consume(permits, children::now);
    }
  }

  /** Starts a broker, and says where it listens. */
  static String startBroker(Children children, Path work) throws IOException {
    Process broker = children.start("broker", BROKER_HEAP, BrokerProcess.class, work.toString());
    String servers =
        new BufferedReader(new InputStreamReader(broker.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (servers == null) {
      throw new IOException("the broker does not start; its log is in " + work);
    }
    return servers;
  }

  /**
   * How fast gradients go from gradient-producer to what sgs-service selects, all five services at
   * work: by what sgs-service commits, which is what its selections are acknowledged for. Snapshots
   * are in the broker.
   */
  static Rate pipeline(Path work, Load load) throws Exception {
    return pipeline(work, load, 1, service -> List.of());
  }

  /** The same with snapshots in folders, for which the broker does nothing. */
  static Rate pipelineWithFolders(Path work, Load load) throws Exception {
    return pipeline(
        work,
        load,
        1,
        service ->
            List.of(
                "--sgsars.state.store=folder", "--sgsars.state.folder=" + work.resolve(service)));
  }

  /** The same with two producers, each of some of the layers. */
  static Rate pipelineOfTwoProducers(Path work, Load load) throws Exception {
    return pipeline(work, load, 2, service -> List.of());
  }

  private static Rate pipeline(
      Path work, Load load, int producers, Function<String, List<String>> stageSettings)
      throws Exception {
    Path experiment = load.writeTo(work);
    try (Children children = new Children(work)) {
      String servers = startBroker(children, work);
      PipelineLog kafka = PipelineLog.onKafka(RawKafka.settings(servers));
      kafka.prepareTopics();
      for (Map.Entry<String, Integer> next : SERVICES.entrySet()) {
        String service = next.getKey();
        for (List<String> settings :
            settings(service, work, experiment, producers, stageSettings)) {
          List<String> all = new ArrayList<>(settings);
          all.add("--sgsars.kafka.bootstrap-servers=" + servers);
          all.add("--micronaut.server.port=-1");
          children.service(service, next.getValue(), all);
        }
      }
      RawKafka records = new RawKafka(RawKafka.settings(servers), load);
      try (Admin admin = RawKafka.admin(kafka)) {
        String group = kafka.group(SELECTING);
        long from = await(load.warm() * records.recordsPerIteration(), admin, group, children);
        Rate.Mark start = children.now();
        long all = load.allIterations() * records.recordsPerIteration();
        await(all, admin, group, children);
        double iterations = (double) (all - from) / records.recordsPerIteration();
        return start.until(children.now(), Math.round(iterations * records.bytesPerIteration()));
      }
    }
  }

  /** Those of each instance of a service. */
  private static List<List<String>> settings(
      String service,
      Path work,
      Path experiment,
      int producers,
      Function<String, List<String>> stageSettings) {
    return switch (service) {
      case "gradient-producer" ->
          IntStream.range(0, producers)
              .mapToObj(
                  shard ->
                      List.of(
                          "--sgsars.producer.experiment=" + experiment,
                          "--sgsars.producer.run=throughput",
                          "--sgsars.producer.shard=%d/%d".formatted(shard, producers)))
              .toList();
      case "lifetime-analyzer" ->
          List.of(List.of("--sgsars.analyzer.reports=" + work.resolve("reports")));
      default -> List.of(stageSettings.apply(service));
    };
  }

  /** Waits until so many records are committed, and says how many are. */
  private static long await(long records, Admin admin, String group, Children children)
      throws IOException, InterruptedException, ExecutionException {
    long committed = 0;
    while (committed < records) {
      Thread.sleep(POLL_MS);
      children.requireAll();
      children.sample();
      committed =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .values()
              .stream()
              .mapToLong(OffsetAndMetadata::offset)
              .sum();
    }
    return committed;
  }
}
