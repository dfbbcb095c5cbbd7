package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaSettings;
import org.sgsars.source.GradientChunks;
import org.sgsars.source.LayerTensor;

/**
 * What Kafka moves when nobody looks at the bytes: records of the sizes that gradients come in,
 * from one producer to one consumer through the same partitions, by clients with the same settings
 * as the pipeline's, never further ahead than the pipeline may be.
 */
final class RawKafka {
  private static final String RUN = "raw";
  private static final Duration POLL = Duration.ofMillis(100);

  static final int PARTITIONS = 4;

  private final KafkaAccess kafka;
  private final Load load;
  private final List<LayerShape> layers = ResNet50.layers();

  /** Lengths of a layer's records. */
  private final List<List<Integer>> lengths = new ArrayList<>();

  /** Records are as many and as long as the load's chunks of gradients. */
  RawKafka(KafkaAccess kafka, Load load) {
    this.kafka = kafka;
    this.load = load;
    GradientFormat format = GradientFormat.of(load.wire()).orElseThrow();
    for (LayerShape layer : layers) {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(Float.BYTES * layer.cells()));
      LayerTensor tensor = new LayerTensor(all, ByteBuffer.allocate(0));
      lengths.add(
          GradientChunks.of(layer, tensor, load.chunkBytes() / format.bytes()).stream()
              .map(chunk -> chunk.weights().remaining() / Float.BYTES * format.bytes())
              .toList());
    }
  }

  long recordsPerIteration() {
    return lengths.stream().mapToLong(List::size).sum();
  }

  long bytesPerIteration() {
    return lengths.stream().flatMap(List::stream).mapToLong(Integer::longValue).sum();
  }

  /** A broker's topics, as a run in one process has them. */
  static KafkaAccess access(String bootstrapServers) {
    return access(bootstrapServers, Map.of());
  }

  static KafkaAccess access(String bootstrapServers, Map<String, String> client) {
    return new KafkaAccess(
        new KafkaSettings(bootstrapServers, "", PARTITIONS, -1, Duration.ofSeconds(15), client));
  }

  /** Lets the producer go on. */
  @FunctionalInterface
  interface Permits {
    void give(int iterations) throws IOException;
  }

  /** How fast gradients go, both ends in this process, as {@link #consume} says. */
  Rate rate() throws IOException, InterruptedException {
    Semaphore ahead = new Semaphore(0);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    kafka.prepareTopics();
    Thread producer =
        new Thread(
            () -> {
              try {
                produce(ahead);
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            "raw-producer");
    producer.setDaemon(true);
    producer.start();
    Permits permits =
        count -> {
          if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
          }
          ahead.release(count);
        };
    try {
      return consume(permits, Rate.Mark::now);
    } finally {
      producer.join();
    }
  }

  /**
   * Reads everything, and gives the producer its permits: as many as its lead at first, and one for
   * every iteration that has come.
   *
   * @return how fast gradients came, once the load is warm
   */
  Rate consume(Permits permits, Supplier<Rate.Mark> now) throws IOException {
    long bytesPerIteration = bytesPerIteration();
    int iterations = load.allIterations();
    long received = 0;
    long done = 0;
    Rate.Mark start = now.get();
    Map<TopicPartition, Long> positions = new HashMap<>();
    try (KafkaConsumer<byte[], ByteBuffer> consumer = kafka.groupConsumer("raw");
        Admin admin = kafka.admin()) {
      consumer.subscribe(Set.of(kafka.topics().gradients()));
      permits.give(Load.LEAD);
      while (done < iterations) {
        for (ConsumerRecord<byte[], ByteBuffer> record : consumer.poll(POLL)) {
          received += record.value().remaining();
          positions.put(
              new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        long reached = received / bytesPerIteration;
        permits.give((int) (reached - done));
        if (done < load.warm() && reached >= load.warm()) {
          start = now.get();
        }
        if (reached / Load.LEAD > done / Load.LEAD) {
          delete(admin, positions);
        }
        done = reached;
      }
      return start.until(now.get(), load.iterations() * bytesPerIteration);
    }
  }

  /** Bytes that are no easier to compress than gradients. */
  private static byte[] noise(int length) {
    SplittableRandom random = new SplittableRandom(length);
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() >= Float.BYTES) {
      bytes.putFloat((float) (0.01 * random.nextGaussian()));
    }
    return bytes.array();
  }

  private static void delete(Admin admin, Map<TopicPartition, Long> positions) {
    Map<TopicPartition, RecordsToDelete> consumed = new HashMap<>();
    positions.forEach(
        (partition, offset) -> consumed.put(partition, RecordsToDelete.beforeOffset(offset)));
    admin.deleteRecords(consumed);
  }

  /**
   * Sends all iterations, each when it may.
   *
   * @param ahead a permit for each iteration
   */
  void produce(Semaphore ahead) throws InterruptedException {
    int partitions = kafka.prepareTopics();
    Properties properties = kafka.producerProperties(RunProducer.LINGER);
    // Those asked for go before what the pipeline needs.
    properties.putAll(kafka.settings().properties());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      List<List<byte[]>> values =
          lengths.stream().map(layer -> layer.stream().map(RawKafka::noise).toList()).toList();
      for (int iteration = 0; iteration < load.allIterations(); iteration++) {
        ahead.acquire();
        for (int layer = 0; layer < layers.size(); layer++) {
          LayerShape shape = layers.get(layer);
          int partition = Topics.partition(RUN, layer, partitions);
          for (byte[] value : values.get(layer)) {
            producer.send(
                new ProducerRecord<>(
                    kafka.topics().gradients(), partition, Topics.key(RUN, shape.name()), value));
          }
        }
      }
    }
  }
}
