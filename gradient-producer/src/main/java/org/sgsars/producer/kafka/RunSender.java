package org.sgsars.producer.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.service.FailStopProducer;
import org.sgsars.service.ServiceStatus;
import org.sgsars.source.GradientChunks;
import org.sgsars.source.GradientEncoder;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.SourceException;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RunAborted;

/** Puts an attempt at a run into records. */
final class RunSender {
  /** Iteration of the weights before the first. */
  static final long INITIAL = -1;

  /** A gradients record has its place on the topic. */
  @FunctionalInterface
  interface Acknowledged {
    void at(int partition, long iteration, long offset);
  }

  private final SentLayers layers;
  private final RunPlan attempt;
  private final FailStopProducer producer;
  private final Topics topics;
  private final int chunkBytes;
  private final Acknowledged acknowledged;
  private final ServiceStatus status;

  /**
   * @param layers that are sent
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param acknowledged is called from the Kafka producer's thread
   * @param status counts the layers' gradients
   */
  RunSender(
      SentLayers layers,
      FailStopProducer producer,
      Topics topics,
      int chunkBytes,
      Acknowledged acknowledged,
      ServiceStatus status) {
    this.layers = layers;
    this.attempt = layers.attempt();
    this.producer = producer;
    this.topics = topics;
    this.chunkBytes = chunkBytes;
    this.acknowledged = acknowledged;
    this.status = status;
  }

  /** Sends the manifest, after which the services know the run. */
  void announce() {
    Headers headers = new RecordHeaders();
    if (!layers.shard().isWhole()) {
      headers.add(Topics.SHARD_HEADER, layers.shard().toString().getBytes(StandardCharsets.UTF_8));
    }
    sendAndWait(
        topics.runs(),
        "manifest",
        WireFormat.RUN_MANIFEST.encode(WireModel.toWire(attempt)),
        headers);
  }

  /** Says that nothing more comes, behind all that was sent; of a shard, with its layers. */
  void abort(String reason) {
    producer.flush();
    RunAborted end = new RunAborted(attempt.run(), layers.shard().ended(reason, attempt));
    sendAndWait(topics.runs(), "end", WireFormat.RUN_ABORTED.encode(end), new RecordHeaders());
  }

  /** Says how well the network on a scenario's crossbars does. */
  void accuracy(Accuracy accuracy) {
    sendAndWait(
        topics.accuracy(), "accuracy", WireFormat.ACCURACY.encode(accuracy), new RecordHeaders());
  }

  private void sendAndWait(String topic, String what, byte[] value, Headers headers) {
    try {
      producer.sendAndWait(new ProducerRecord<>(topic, 0, attempt.run(), value, headers));
    } catch (ExecutionException e) {
      throw new ServiceException(
          "Kafka does not take the run's %s: %s".formatted(what, FailureReason.of(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for Kafka", e);
    }
  }

  /**
   * Sends the tensors of an iteration and does not wait. It is sent whole or, if a value cannot be
   * encoded, not at all.
   *
   * @param iteration {@link #INITIAL} for weights
   * @param training index of the training that the tensors are of; 0 where there is one or none
   * @param tensors of all layers of the run, also of those that others send
   * @throws SourceException if a value cannot be encoded, naming layer and iteration
   * @throws ServiceException if Kafka did not take something that was sent before
   */
  void iteration(long iteration, int training, List<LayerTensor> tensors, GradientEncoder encoder)
      throws SourceException {
    requireEncodable(iteration, tensors, encoder);
    int chunkValues = chunkBytes / encoder.format().bytes();
    for (int layer : layers.indices()) {
      LayerShape shape = attempt.layers().get(layer);
      int partition = layers.partition(layer);
      String key = Topics.key(attempt.run(), shape.name());
      for (GradientChunks.Chunk chunk : GradientChunks.of(shape, tensors.get(layer), chunkValues)) {
        Gradients record =
            new Gradients(
                attempt.run(),
                layer,
                iteration,
                chunk.chunk(),
                chunk.chunks(),
                chunk.firstOutput(),
                chunk.outputs(),
                encoder.encode(chunk.weights()),
                encoder.encode(chunk.biases()),
                training);
        byte[] value = WireFormat.GRADIENTS.encode(record);
        producer.send(
            new ProducerRecord<>(topics.gradients(), partition, key, value),
            metadata -> acknowledged.at(metadata.partition(), iteration, metadata.offset()));
      }
    }
    status.processed(layers.indices().size());
    producer.failIfFailed();
  }

  private void requireEncodable(long iteration, List<LayerTensor> tensors, GradientEncoder encoder)
      throws SourceException {
    for (int layer : layers.indices()) {
      try {
        encoder.check(tensors.get(layer).weights());
        encoder.check(tensors.get(layer).biases());
      } catch (IllegalArgumentException e) {
        throw new SourceException(
            "layer %s, iteration %d: %s"
                .formatted(attempt.layers().get(layer).name(), iteration, e.getMessage()),
            e);
      }
    }
  }

  /**
   * Waits until Kafka has all that was sent.
   *
   * @throws ServiceException if it did not take something
   */
  void flush() {
    producer.flush();
  }

  /**
   * @throws ServiceException if Kafka did not take something that was sent
   */
  void failIfFailed() {
    producer.failIfFailed();
  }

  /** Whether Kafka did not take something. */
  boolean hasFailed() {
    return producer.hasFailed();
  }
}
