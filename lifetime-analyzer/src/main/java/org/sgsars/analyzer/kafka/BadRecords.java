package org.sgsars.analyzer.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.KnownDeadLetters;
import org.sgsars.service.Outbox;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.wire.DeadLetter;

/** Records that the analyzer cannot use, until their dead letters are sent: one for each. */
final class BadRecords {
  private final PipelineLog log;
  private final ServiceStatus status;
  private final KnownDeadLetters letters = new KnownDeadLetters(AnalyzerLoop.SERVICE);
  private final Map<ConsumerRecord<String, byte[]>, BadRecordException> bad = new LinkedHashMap<>();

  /**
   * @param status counts the letters
   */
  BadRecords(PipelineLog log, ServiceStatus status) {
    this.log = log;
    this.status = status;
  }

  void add(ConsumerRecord<String, byte[]> record, BadRecordException why) {
    bad.put(record, why);
  }

  /** A letter that was read, whoever wrote it. */
  void addLetter(DeadLetter letter) {
    letters.add(letter);
  }

  boolean arePublished() {
    return bad.isEmpty();
  }

  /** Sends what is due. The letters written before are to be read first. */
  void publish() {
    try (Producer<String, byte[]> producer = log.producer(Duration.ZERO)) {
      Outbox outbox = new Outbox(AnalyzerLoop.SERVICE, log.topics(), status, producer);
      bad.forEach(
          (record, why) -> {
            if (letters.isNew(record)) {
              byte[] key =
                  record.key() == null ? null : record.key().getBytes(StandardCharsets.UTF_8);
              outbox.deadLetter(record, key, why);
            }
          });
      outbox.flush();
    }
    bad.clear();
  }

  /** See {@link KnownDeadLetters#evictDeleted}. */
  void evictDeleted(Map<TopicPartition, Long> beginningOffsets) {
    letters.evictDeleted(beginningOffsets);
  }
}
