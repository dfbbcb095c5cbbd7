package org.sgsars.producer.kafka;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
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

  private final RunPlan attempt;
  private final FailStopProducer producer;
  private final Topics topics;
  private final int partitions;
  private final int chunkBytes;
  private final Acknowledged acknowledged;
  private final ServiceStatus status;

  /**
   * @param partitions of each topic
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param acknowledged is called from the Kafka producer's thread
   * @param status counts the layers' gradients
   */
  RunSender(
      RunPlan attempt,
      FailStopProducer producer,
      Topics topics,
      int partitions,
      int chunkBytes,
      Acknowledged acknowledged,
      ServiceStatus status) {
    this.attempt = attempt;
    this.producer = producer;
    this.topics = topics;
    this.partitions = partitions;
    this.chunkBytes = chunkBytes;
    this.acknowledged = acknowledged;
    this.status = status;
  }

  /** Sends the manifest, after which the services know the run. */
  void announce() {
    sendAndWait(
        topics.runs(), "manifest", WireFormat.RUN_MANIFEST.encode(WireModel.toWire(attempt)));
  }

  /** Says that nothing more comes, behind all that was sent. */
  void abort(String reason) {
    producer.flush();
    sendAndWait(
        topics.runs(), "end", WireFormat.RUN_ABORTED.encode(new RunAborted(attempt.run(), reason)));
  }

  /** Says how well the network on a scenario's crossbars does. */
  void accuracy(Accuracy accuracy) {
    sendAndWait(topics.accuracy(), "accuracy", WireFormat.ACCURACY.encode(accuracy));
  }

  private void sendAndWait(String topic, String what, byte[] value) {
    try {
      producer.sendAndWait(new ProducerRecord<>(topic, 0, attempt.run(), value));
    } catch (ExecutionException e) {
      throw new ServiceException(
          "Kafka does not take the run's %s: %s".formatted(what, FailureReason.of(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for Kafka", e);
    }
  }

  /**
   * Sends the tensors of an iteration, one per layer, and does not wait. It is sent whole or, if a
   * value cannot be encoded, not at all.
   *
   * @param iteration {@link #INITIAL} for weights
   * @param training index of the training that the tensors are of; 0 where there is one or none
   * @throws SourceException if a value cannot be encoded, naming layer and iteration
   * @throws ServiceException if Kafka did not take something that was sent before
   */
  void iteration(long iteration, int training, List<LayerTensor> tensors, GradientEncoder encoder)
      throws SourceException {
    requireEncodable(iteration, tensors, encoder);
    int chunkValues = chunkBytes / encoder.format().bytes();
    for (int layer = 0; layer < attempt.layers().size(); layer++) {
      LayerShape shape = attempt.layers().get(layer);
      int partition = Topics.partition(attempt.run(), layer, partitions);
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
    status.processed(attempt.layers().size());
    producer.failIfFailed();
  }

  private void requireEncodable(long iteration, List<LayerTensor> tensors, GradientEncoder encoder)
      throws SourceException {
    for (int layer = 0; layer < tensors.size(); layer++) {
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
