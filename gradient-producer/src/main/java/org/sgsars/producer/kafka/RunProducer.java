package org.sgsars.producer.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.GradientFormat;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.producer.core.GradientChunks;
import org.sgsars.producer.core.GradientEncoder;
import org.sgsars.producer.core.GradientSource;
import org.sgsars.producer.core.LayerTensor;
import org.sgsars.producer.core.SourceException;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceException;
import org.sgsars.service.ServiceLauncher;
import org.sgsars.service.ServiceStatus;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RunAborted;

/** Sends one run: its manifest, then the gradients of every iteration, then ends. */
public final class RunProducer implements PipelineService {
  public static final String SERVICE = "gradient-producer";

  /** How long gradients that do not fill a batch wait for others. */
  public static final Duration LINGER = Duration.ofMillis(5);

  private final KafkaAccess kafka;
  private final RunPlan plan;
  private final GradientSource source;
  private final int chunkBytes;
  private final OptionalLong maxLead;
  private final Runnable sent;
  private final ServiceStatus status;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> sendFailure = new AtomicReference<>();
  private volatile long iterations;

  /**
   * @param source gives at least the plan's iterations; closed at the end
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param maxLead most iterations to be ahead of the slowest consumer; empty for as many as take
   *     half a GiB, within [8, 65536]
   * @param sent is called when the run is sent to its end
   */
  public RunProducer(
      KafkaAccess kafka,
      RunPlan plan,
      GradientSource source,
      int chunkBytes,
      OptionalLong maxLead,
      Runnable sent) {
    this.kafka = kafka;
    this.sent = sent;
    this.plan = plan;
    this.source = source;
    this.chunkBytes = chunkBytes;
    this.maxLead = maxLead;
    this.status =
        new ServiceStatus(
            SERVICE,
            () ->
                List.of(
                    new LayerProgress(
                        plan.run(),
                        0,
                        0,
                        iterations,
                        iterations == plan.iterations() ? "finished" : "running")));
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  /** The run it sends. */
  public RunPlan plan() {
    return plan;
  }

  /** Bytes of gradient in one iteration, on the wire. */
  public static long bytesPerIteration(RunPlan plan) {
    return plan.gradientFormat().bytes()
        * plan.layers().stream().mapToLong(LayerShape::cells).sum();
  }

  /**
   * Sends the run. If the source fails, or if told to stop, the run is marked aborted, so that its
   * report says that it is not complete.
   *
   * @throws ServiceException if the source or Kafka fails
   */
  @Override
  public void run() {
    int partitions = kafka.prepareTopics();
    try (KafkaProducer<String, byte[]> producer = kafka.producer(LINGER);
        LeadGuard lead = new LeadGuard(kafka, plan, partitions, lead())) {
      status.up();
      refuseOtherRunOfThisName();
      sendAndWait(producer, runRecord(WireFormat.RUN_MANIFEST.encode(WireModel.toWire(plan))));
      try {
        sendGradients(producer, lead, partitions);
      } catch (SourceException e) {
        abort(producer, String.valueOf(e.getMessage()));
        throw new ServiceException(String.valueOf(e.getMessage()), e);
      } catch (RuntimeException | OutOfMemoryError e) {
        abortAfter(e, producer);
        throw e;
      }
      if (stopping.get() && iterations < plan.iterations()) {
        abort(
            producer, "stopped after %d of %d iterations".formatted(iterations, plan.iterations()));
      }
      producer.flush();
      failIfSendingFailed();
      if (iterations == plan.iterations()) {
        sent.run();
      }
    } catch (RuntimeException e) {
      status.failed(e);
      throw e;
    } finally {
      status.down();
    }
  }

  /**
   * The same run may be sent again, after its producer was killed: services skip what they have.
   */
  private void refuseOtherRunOfThisName() {
    try (KafkaRunCatalog runs = new KafkaRunCatalog(kafka)) {
      Optional<RunPlan> earlier = runs.find(plan.run());
      if (earlier.isPresent() && !earlier.get().isSameRun(plan)) {
        throw new ServiceException(
            "There is another run named '%s' already; choose another name".formatted(plan.run()));
      }
    }
  }

  /** Says that the run ends, if Kafka still listens; what ended it is the error that counts. */
  private void abortAfter(Throwable cause, KafkaProducer<String, byte[]> producer) {
    if (sendFailure.get() != null) {
      return;
    }
    try {
      abort(producer, ServiceLauncher.reason(cause));
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private long lead() {
    long halfGibibyte = 1L << 29;
    long fitting = halfGibibyte / bytesPerIteration(plan);
    return maxLead.orElse(Math.min(65_536, Math.max(8, fitting)));
  }

  private void sendGradients(KafkaProducer<String, byte[]> producer, LeadGuard lead, int partitions)
      throws SourceException {
    try (source) {
      if (plan.optimizer().weightDecay() != 0) {
        GradientEncoder asTheyAre = new GradientEncoder(GradientFormat.F32);
        sendIteration(producer, lead, -1, source.initialWeights(), partitions, asTheyAre);
      }
      GradientEncoder encoder = new GradientEncoder(plan.gradientFormat());
      for (long iteration = 0; iteration < plan.iterations() && !stopping.get(); iteration++) {
        List<LayerTensor> tensors = source.next();
        if (tensors == null) {
          throw new SourceException(
              "%s ends after %d of %d iterations"
                  .formatted(source.description(), iteration, plan.iterations()));
        }
        lead.await(iteration, stopping);
        sendIteration(producer, lead, iteration, tensors, partitions, encoder);
        failIfSendingFailed();
        iterations = iteration + 1;
      }
    }
  }

  private void sendIteration(
      KafkaProducer<String, byte[]> producer,
      LeadGuard lead,
      long iteration,
      List<LayerTensor> tensors,
      int partitions,
      GradientEncoder encoder)
      throws SourceException {
    int chunkValues = chunkBytes / encoder.format().bytes();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      LayerShape shape = plan.layers().get(layer);
      int partition = Topics.partition(plan.run(), layer, partitions);
      String key = Topics.key(plan.run(), shape.name());
      for (GradientChunks.Chunk chunk : GradientChunks.of(shape, tensors.get(layer), chunkValues)) {
        byte[] value =
            WireFormat.GRADIENTS.encode(
                new Gradients(
                    plan.run(),
                    layer,
                    iteration,
                    chunk.chunk(),
                    chunk.chunks(),
                    chunk.firstOutput(),
                    chunk.outputs(),
                    encoded(encoder, shape, iteration, chunk.weights()),
                    encoded(encoder, shape, iteration, chunk.biases())));
        producer.send(
            new ProducerRecord<>(kafka.topics().gradients(), partition, key, value),
            (metadata, failure) -> {
              if (failure != null) {
                sendFailure.compareAndSet(null, failure);
              } else {
                lead.sent(metadata.partition(), iteration, metadata.offset());
              }
            });
      }
    }
    status.processed(plan.layers().size());
  }

  private static ByteBuffer encoded(
      GradientEncoder encoder, LayerShape layer, long iteration, ByteBuffer values)
      throws SourceException {
    try {
      return encoder.encode(values);
    } catch (IllegalArgumentException e) {
      throw new SourceException(
          "layer %s, iteration %d: %s".formatted(layer.name(), iteration, e.getMessage()), e);
    }
  }

  private void abort(KafkaProducer<String, byte[]> producer, String reason) {
    producer.flush();
    sendAndWait(
        producer, runRecord(WireFormat.RUN_ABORTED.encode(new RunAborted(plan.run(), reason))));
  }

  private ProducerRecord<String, byte[]> runRecord(byte[] value) {
    return new ProducerRecord<>(kafka.topics().runs(), 0, plan.run(), value);
  }

  private static void sendAndWait(
      KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new ServiceException("Kafka does not take the run's manifest: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for Kafka", e);
    }
  }

  private void failIfSendingFailed() {
    Throwable failure = sendFailure.get();
    if (failure != null) {
      throw new ServiceException(
          "Gradients cannot be sent to Kafka: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    stopping.set(true);
  }
}
