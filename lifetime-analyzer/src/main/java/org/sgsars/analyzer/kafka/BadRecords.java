package org.sgsars.analyzer.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.LetterBook;
import org.sgsars.service.Outbox;
import org.sgsars.service.ServiceStatus;
import org.sgsars.wire.DeadLetter;

/** Records that the analyzer cannot use, until their dead letters are sent: one for each. */
final class BadRecords {
  private final KafkaAccess kafka;
  private final ServiceStatus status;
  private final LetterBook letters = new LetterBook(AnalyzerLoop.SERVICE);
  private final Map<ConsumerRecord<String, byte[]>, BadRecordException> bad = new LinkedHashMap<>();

  /**
   * @param status counts the letters
   */
  BadRecords(KafkaAccess kafka, ServiceStatus status) {
    this.kafka = kafka;
    this.status = status;
  }

  void note(ConsumerRecord<String, byte[]> record, BadRecordException why) {
    bad.put(record, why);
  }

  /** A letter that was read, whoever wrote it. */
  void take(DeadLetter letter) {
    letters.take(letter);
  }

  boolean areTold() {
    return bad.isEmpty();
  }

  /** Sends what is due. The letters written before are to be read first. */
  void tell() {
    try (KafkaProducer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      Outbox outbox = new Outbox(AnalyzerLoop.SERVICE, kafka.topics(), status, producer);
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

  /** See {@link LetterBook#forgetDeleted}. */
  void forgetDeleted(Map<TopicPartition, Long> begins) {
    letters.forgetDeleted(begins);
  }
}
