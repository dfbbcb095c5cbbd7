package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.memory.Fate;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;

/** A producer on a log that loses some of its records. */
final class FailStopProducerTest {
  private static final TopicPartition PARTITION = new TopicPartition("topic", 0);
  private static final String PROBLEM =
      "nobody can send: Expiring 1 record(s) for topic-0:600000 ms has passed since batch creation";

  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final LogAdmin admin = log.clients().admin();
  private final FailStopProducer producer =
      new FailStopProducer(log.clients().producer(Duration.ZERO), "nobody can send");

  private final List<Long> acknowledged = new ArrayList<>();

  FailStopProducerTest() {
    admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)));
  }

  private void sendWithFates(Fate... fates) {
    Deque<Fate> next = new ArrayDeque<>(Arrays.asList(fates));
    log.faults().decideFates(record -> next.remove());
    for (int i = 0; i < fates.length; i++) {
      producer.send(
          new ProducerRecord<>(PARTITION.topic(), 0, "key", new byte[1]),
          metadata -> acknowledged.add(metadata.offset()));
    }
  }

  private long end() {
    return admin
        .listOffsets(java.util.Map.of(PARTITION, OffsetQuery.latest()))
        .values()
        .iterator()
        .next()
        .offset();
  }

  @Test
  void send_oneIsLost_nothingBehindItIsInTheLog() {
    sendWithFates(Fate.DELIVERED, Fate.LOST, Fate.DELIVERED, Fate.DELIVERED);

    time.advance(MemorySettings.DEFAULTS.deliveryTimeout());
    log.faults().advance();

    assertThat(end()).isEqualTo(1);
    assertThat(acknowledged).containsExactly(0L);
  }

  @Test
  void send_oneWasLost_isRefusedWithItsReason() {
    sendWithFates(Fate.LOST);
    time.advance(MemorySettings.DEFAULTS.deliveryTimeout());
    log.faults().advance();

    assertThatThrownBy(() -> sendWithFates(Fate.DELIVERED))
        .isInstanceOf(ServiceException.class)
        .hasMessage(PROBLEM);
    assertThat(end()).isZero();
  }

  @Test
  void flush_oneIsLost_failsWithItsReason() {
    sendWithFates(Fate.LOST, Fate.DELIVERED);

    assertThatThrownBy(producer::flush).isInstanceOf(ServiceException.class).hasMessage(PROBLEM);

    assertThat(end()).isZero();
    assertThat(producer.hasFailed()).isTrue();
  }
}
