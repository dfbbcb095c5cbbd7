package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** What a stage reads and writes the log with. */
record StageClients(
    Consumer<byte[], ByteBuffer> consumer, Producer<String, byte[]> producer, RunCatalog runs)
    implements AutoCloseable {
  /** Output waits for more while there is input: a request for every record costs all sides. */
  private static final Duration LINGER = Duration.ofMillis(50);

  static StageClients of(PipelineLog log, Stage stage) {
    return new StageClients(
        log.groupConsumer(stage.service()),
        log.producer(LINGER),
        new KafkaRunCatalog(log, stage.policies()));
  }

  @Override
  public void close() {
    runs.close();
    producer.close();
    consumer.close();
  }
}
