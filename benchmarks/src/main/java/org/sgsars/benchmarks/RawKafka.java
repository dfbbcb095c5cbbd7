package org.sgsars.benchmarks;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.wire.Topics;
import org.sgsars.producer.core.GradientChunks;
import org.sgsars.producer.core.LayerTensor;
import org.sgsars.service.KafkaAccess;

/**
 * What Kafka moves when nobody looks at the bytes: records of the sizes that gradients come in,
 * from one producer to one consumer through the same partitions, by clients with the same settings
 * as the pipeline's, never further ahead than the pipeline may be.
 */
final class RawKafka {
  private static final String RUN = "raw";
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaAccess kafka;
  private final List<LayerShape> layers;
  private final int chunkBytes;
  private final int lead;

  RawKafka(KafkaAccess kafka, List<LayerShape> layers, int chunkBytes, int lead) {
    this.kafka = kafka;
    this.layers = layers;
    this.chunkBytes = chunkBytes;
    this.lead = lead;
  }

  /** How fast gradients go, from the end of iteration {@code warm} to the last. */
  Rate rate(int warm, int iterations) throws InterruptedException {
    int partitions = kafka.prepareTopics();
    long bytesPerIteration = 4 * layers.stream().mapToLong(LayerShape::cells).sum();
    Semaphore ahead = new Semaphore(lead);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread producer =
        new Thread(
            () -> {
              try {
                produce(partitions, iterations, ahead);
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            "raw-producer");
    producer.setDaemon(true);
    producer.start();
    long received = 0;
    long done = 0;
    Rate.Mark start = Rate.Mark.now();
    Map<TopicPartition, Long> positions = new HashMap<>();
    try (KafkaConsumer<byte[], ByteBuffer> consumer = kafka.groupConsumer("raw");
        Admin admin = kafka.admin()) {
      consumer.subscribe(Set.of(kafka.topics().gradients()));
      while (done < iterations) {
        for (ConsumerRecord<byte[], ByteBuffer> record : consumer.poll(POLL)) {
          received += record.value().remaining();
          positions.put(
              new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        if (failure.get() != null) {
          throw new IllegalStateException(failure.get());
        }
        long now = received / bytesPerIteration;
        if (now > done) {
          ahead.release((int) (now - done));
          if (done < warm && now >= warm) {
            start = Rate.Mark.now();
          }
          if (now / lead > done / lead) {
            delete(admin, positions);
          }
          done = now;
        }
      }
      return start.until(Rate.Mark.now(), (iterations - warm) * bytesPerIteration);
    } finally {
      producer.join();
    }
  }

  private static void delete(Admin admin, Map<TopicPartition, Long> positions) {
    Map<TopicPartition, RecordsToDelete> consumed = new HashMap<>();
    positions.forEach(
        (partition, offset) -> consumed.put(partition, RecordsToDelete.beforeOffset(offset)));
    admin.deleteRecords(consumed);
  }

  /** As many and as long as a layer's chunks of gradients. */
  private List<byte[]> values(LayerShape layer) {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(Float.BYTES * layer.cells()));
    LayerTensor tensor = new LayerTensor(all, ByteBuffer.allocate(0));
    return GradientChunks.of(layer, tensor, chunkBytes).stream()
        .map(chunk -> new byte[chunk.weights().remaining()])
        .toList();
  }

  private void produce(int partitions, int iterations, Semaphore ahead)
      throws InterruptedException {
    try (KafkaProducer<String, byte[]> producer = kafka.producer()) {
      List<List<byte[]>> values = layers.stream().map(this::values).toList();
      for (int iteration = 0; iteration < iterations; iteration++) {
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
