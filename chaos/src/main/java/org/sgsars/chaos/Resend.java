package org.sgsars.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.contract.wire.Topics;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;

/** Appends records of a topic once more, as a producer does that does not know what it has sent. */
final class Resend {
  private static final int MOST = 300;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration WAIT = Duration.ofSeconds(5);

  private Resend() {}

  /**
   * A stretch of one partition, in order.
   *
   * @return how many were sent; 0 if there are none, or the broker is away
   */
  static int some(String bootstrapServers, SplittableRandom random) {
    PipelineLog kafka =
        PipelineLog.onKafka(
            new KafkaSettings(
                bootstrapServers,
                "",
                1,
                -1,
                WAIT,
                Map.of("max.poll.records", Integer.toString(MOST))));
    Topics topics = kafka.topics();
    List<String> all =
        List.of(
            topics.gradients(),
            topics.updates(),
            topics.rowWrites(),
            topics.wear(),
            topics.tileWear(),
            topics.rowWear(),
            topics.snapshots("sgs-service"),
            topics.snapshots("ars-controller"),
            topics.snapshots("crossbar-sim"));
    String topic = all.get(random.nextInt(all.size()));
    try (Consumer<String, byte[]> consumer = kafka.readAllConsumer();
        Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      List<Integer> partitions = new ArrayList<>();
      consumer.partitionsFor(topic, WAIT).forEach(info -> partitions.add(info.partition()));
      if (partitions.isEmpty()) {
        return 0;
      }
      TopicPartition partition =
          new TopicPartition(topic, partitions.get(random.nextInt(partitions.size())));
      consumer.assign(List.of(partition));
      long first = consumer.beginningOffsets(List.of(partition), WAIT).getOrDefault(partition, 0L);
      long end = consumer.endOffsets(List.of(partition), WAIT).getOrDefault(partition, 0L);
      if (end == first) {
        return 0;
      }
      consumer.seek(partition, first + random.nextLong(end - first));
      int sent = 0;
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        producer.send(
            new ProducerRecord<>(topic, partition.partition(), record.key(), record.value()));
        sent++;
      }
      producer.close(WAIT.plusNanos(TimeUnit.SECONDS.toNanos(1)));
      return sent;
    } catch (KafkaException e) {
      return 0;
    }
  }
}
