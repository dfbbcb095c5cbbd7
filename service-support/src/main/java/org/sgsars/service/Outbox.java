package org.sgsars.service;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.ServiceException;
import org.sgsars.wire.StateLost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a service has to say. Once something cannot be sent, nothing more is. */
public final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final String service;
  private final Topics topics;
  private final ServiceStatus status;
  private final FailStopProducer producer;
  private boolean flushed = true;

  /**
   * @param service named in dead letters and errors
   * @param status counts the dead letters
   */
  public Outbox(
      String service, Topics topics, ServiceStatus status, Producer<String, byte[]> producer) {
    this.service = service;
    this.topics = topics;
    this.status = status;
    this.producer = new FailStopProducer(producer, service + " cannot send to Kafka");
  }

  /**
   * @throws ServiceException if this or an earlier record cannot be sent
   */
  void send(String topic, int partition, @Nullable String key, byte[] value) {
    flushed = false;
    producer.send(new ProducerRecord<>(topic, partition, key, value), metadata -> {});
  }

  /**
   * Says where a record is that cannot be used, and why. Each gets a letter; the log names those of
   * a schema that is not known once, with the first.
   */
  public void deadLetter(
      ConsumerRecord<?, ?> record, byte @Nullable [] key, BadRecordException bad) {
    String reason =
        bad.getMessage()
            + bad.schema().map(schema -> "; " + WriterVersion.compare(record)).orElse("");
    boolean isFirst =
        bad.schema().isEmpty() || status.unknownSchema(record, bad.schema().orElseThrow());
    if (isFirst) {
      LOG.warn(
          "Record {}-{}@{} cannot be used{}: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          bad.schema().isPresent() ? ", and others of the topic like it" : "",
          reason);
    }
    status.deadLetter();
    byte[] letter =
        DeadLetters.encode(
            service, record.topic(), record.partition(), record.offset(), key, bad, reason);
    send(topics.deadLetters(), record.partition(), bad.run().orElse(null), letter);
  }

  /** Says that a run cannot go on but has to be sent again from its beginning. */
  void stateLost(String run, String reason) {
    LOG.warn("Run {} has to begin anew: {}", run, reason);
    send(topics.runs(), 0, run, WireFormat.STATE_LOST.encode(new StateLost(run, service, reason)));
  }

  /**
   * Waits until all that was sent is acknowledged.
   *
   * @throws ServiceException if something cannot be sent
   */
  public void flush() {
    if (!flushed) {
      producer.flush();
      flushed = true;
    }
    failIfSendingFailed();
  }

  /**
   * @throws ServiceException if something could not be sent
   */
  void failIfSendingFailed() {
    producer.failIfFailed();
  }
}
