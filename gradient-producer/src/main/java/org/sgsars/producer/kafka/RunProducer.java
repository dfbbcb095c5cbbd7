package org.sgsars.producer.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.model.GradientFormat;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.TrainingPlan;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.producer.core.GradientChunks;
import org.sgsars.producer.core.GradientEncoder;
import org.sgsars.producer.core.GradientSink;
import org.sgsars.producer.core.LayerSource;
import org.sgsars.producer.core.LayerTensor;
import org.sgsars.producer.core.NetworkWeights;
import org.sgsars.producer.core.RepeatedSource;
import org.sgsars.producer.core.SourceException;
import org.sgsars.producer.core.Training;
import org.sgsars.producer.core.TrainingSource;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceException;
import org.sgsars.service.ServiceLauncher;
import org.sgsars.service.ServiceStatus;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RunAborted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one run: its manifest, then the gradients of every iteration; waits until they are taken
 * in, then ends.
 */
public final class RunProducer implements PipelineService {
  public static final String SERVICE = "gradient-producer";

  /** How long gradients that do not fill a batch wait for others. */
  public static final Duration LINGER = Duration.ofMillis(5);

  private static final Logger LOG = LoggerFactory.getLogger(RunProducer.class);
  private static final long STATE_LOOK_NANOS = Duration.ofMillis(500).toNanos();

  private final KafkaAccess kafka;
  private final RunPlan plan;
  private final LayerSource source;
  private final int chunkBytes;
  private final OptionalLong maxLead;
  private final Optional<GradientSink> recorder;
  private final Runnable sent;
  private final ServiceStatus status;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean pausing = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> sendFailure = new AtomicReference<>();
  private volatile long iterations;

  /**
   * @param source of stored gradients, at least the plan's iterations, or a training if the plan
   *     has one; closed at the end
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param maxLead most iterations to be ahead of the slowest consumer; empty for as many as take
   *     half a GiB, within [8, 65536]
   * @param recorder keeps the gradients of a run that is sent from its beginning; closed at the end
   * @param sent is called when the run is sent and taken in to its end
   */
  public RunProducer(
      KafkaAccess kafka,
      RunPlan plan,
      LayerSource source,
      int chunkBytes,
      OptionalLong maxLead,
      Optional<GradientSink> recorder,
      Runnable sent) {
    this.recorder = recorder;
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
   * Sends the run, and waits until all services have taken it in. If one of them lost its state,
   * begins anew. If the source fails, or if told to stop, the run is marked aborted, so that its
   * report says that it is not complete.
   *
   * @throws ServiceException if the source or Kafka fails
   */
  @Override
  public void run() {
    int partitions = kafka.prepareTopics();
    Duration linger = plan.training().isPresent() ? Duration.ZERO : LINGER;
    try (KafkaProducer<String, byte[]> producer = kafka.producer(linger);
        Admin admin = kafka.admin();
        KafkaRunCatalog runs = new KafkaRunCatalog(kafka);
        source) {
      status.up();
      RunPlan attempt = firstAttempt(runs);
      while (!send(attempt, producer, admin, runs, partitions)) {
        attempt = next(attempt, runs);
      }
    } catch (SourceException e) {
      ServiceException failure = new ServiceException(String.valueOf(e.getMessage()), e);
      status.failed(failure);
      throw failure;
    } catch (RuntimeException e) {
      status.failed(e);
      throw e;
    } finally {
      recorder.ifPresent(GradientSink::close);
      status.down();
    }
  }

  /** The run as it goes on: what was announced last, unless that cannot. */
  private RunPlan firstAttempt(KafkaRunCatalog runs) {
    Optional<RunPlan> earlier = runs.lastAttempt(plan.run());
    failIfRetired(runs);
    if (earlier.isEmpty()) {
      return plan;
    }
    if (!earlier.get().isSameRun(plan)) {
      throw new ServiceException(
          "There is another run named '%s' already; choose another name".formatted(plan.run()));
    }
    RunPlan last = plan.asAttempt(RunPlan.attemptOf(earlier.get().run()));
    // What a training's crossbars held on the way is not kept.
    return runs.stateLost(last.run()).isPresent() || plan.training().isPresent()
        ? next(last, runs)
        : last;
  }

  /** Its records would be passed over everywhere. */
  private void failIfRetired(KafkaRunCatalog runs) {
    if (runs.isRetired(plan.run())) {
      throw new ServiceException(
          "Run '%s' is over for good, and its name not free yet; choose another name"
              .formatted(plan.run()));
    }
  }

  private RunPlan next(RunPlan attempt, KafkaRunCatalog runs) {
    LOG.warn(
        "Run {} begins anew, its report will be the same: {}",
        plan.run(),
        runs.stateLost(attempt.run()).orElse("its training was interrupted"));
    return plan.asAttempt(RunPlan.attemptOf(attempt.run()) + 1);
  }

  /**
   * @return whether the run is over; if not, it has to begin anew
   */
  private boolean send(
      RunPlan attempt,
      KafkaProducer<String, byte[]> producer,
      Admin admin,
      KafkaRunCatalog runs,
      int partitions)
      throws SourceException {
    SentProgress progress = new SentProgress(admin, kafka, attempt.run());
    boolean trains = plan.training().isPresent();
    long from = !trains && goesOn(attempt, runs) ? progress.read() : 0;
    LeadGuard lead = new LeadGuard(kafka, admin, attempt, partitions, lead(), from, progress);
    Interruption interruption = new Interruption(runs, attempt);
    Sending sending = new Sending(attempt, producer, lead, partitions, interruption);
    try {
      if (trains) {
        train(sending, admin);
      } else {
        announce(sending);
        sendGradients(sending, from);
      }
      producer.flush();
      failIfSendingFailed();
      if (iterations == attempt.iterations()) {
        if (recorder.isPresent()) {
          // Now: who waits for the report may stop this as soon as that is there.
          recorder.get().finish();
        }
        lead.awaitAll(iterations, interruption);
      }
    } catch (SourceException e) {
      abort(attempt, producer, String.valueOf(e.getMessage()));
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      abortAfter(e, attempt, producer);
      throw e;
    }
    if (stopping.get() && !pausing.get() && iterations < attempt.iterations()) {
      abort(
          attempt,
          producer,
          "stopped after %d of %d iterations".formatted(iterations, attempt.iterations()));
      return true;
    }
    if (interruption.isStateLost()) {
      return false;
    }
    if (!stopping.get()) {
      progress.forget();
      sent.run();
    }
    return true;
  }

  /**
   * Whether what was sent of the attempt counts. Where it was aborted, services may have passed
   * over records, and see them only if all comes again.
   */
  private static boolean goesOn(RunPlan attempt, KafkaRunCatalog runs) {
    return runs.find(attempt.run()).isPresent() && !runs.isAborted(attempt.run());
  }

  /** Whether there is no sense in going on. Looks at the topic of runs now and then. */
  private final class Interruption implements BooleanSupplier {
    private final KafkaRunCatalog runs;
    private final RunPlan attempt;
    private boolean stateLost;
    private boolean isOver;
    private long lastLook = System.nanoTime();

    Interruption(KafkaRunCatalog runs, RunPlan attempt) {
      this.runs = runs;
      this.attempt = attempt;
    }

    /** By all that is said until now. A service says it before it commits that it is done. */
    boolean isStateLost() {
      stateLost = stateLost || runs.stateLost(attempt.run()).isPresent();
      return stateLost;
    }

    @Override
    public boolean getAsBoolean() {
      long now = System.nanoTime();
      if (!stateLost && now - lastLook >= STATE_LOOK_NANOS) {
        stateLost = runs.stateLost(attempt.run()).isPresent();
        if (iterations < plan.iterations()) {
          failIfRetired(runs);
        }
        // Else somebody was quicker to see that the run is done.
        isOver = runs.isRetired(plan.run());
        lastLook = System.nanoTime();
      }
      return stateLost || isOver || stopping.get();
    }
  }

  /** Says that the run ends, if Kafka still listens; what ended it is the error that counts. */
  private void abortAfter(
      Throwable cause, RunPlan attempt, KafkaProducer<String, byte[]> producer) {
    if (sendFailure.get() != null) {
      return;
    }
    try {
      abort(attempt, producer, ServiceLauncher.reason(cause));
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private long lead() {
    long halfGibibyte = 1L << 29;
    long fitting = halfGibibyte / (bytesPerIteration(plan) * plan.gradientStreams());
    return maxLead.orElse(Math.min(65_536, Math.max(8, fitting)));
  }

  /** What an attempt is sent with. */
  private record Sending(
      RunPlan attempt,
      KafkaProducer<String, byte[]> producer,
      LeadGuard lead,
      int partitions,
      Interruption interruption) {}

  private void announce(Sending sending) {
    sendAndWait(
        sending.producer(),
        runRecord(
            sending.attempt(),
            WireFormat.RUN_MANIFEST.encode(WireModel.toWire(sending.attempt()))));
  }

  private void sendGradients(Sending sending, long from) throws SourceException {
    RepeatedSource stored = (RepeatedSource) source;
    stored.goTo(from);
    iterations = from;
    record();
    if (plan.sendsWeights() && from == 0) {
      sendWeights(sending, 0);
    }
    GradientEncoder encoder = new GradientEncoder(plan.gradientFormat());
    for (long iteration = from; iteration < plan.iterations(); iteration++) {
      List<LayerTensor> tensors = stored.next();
      if (tensors == null) {
        throw new SourceException(
            "%s ends after %d of %d iterations"
                .formatted(source.description(), iteration, plan.iterations()));
      }
      sending.lead().await(iteration, sending.interruption());
      if (sending.interruption().getAsBoolean()) {
        return;
      }
      sendIteration(sending, iteration, 0, tensors, encoder);
      failIfSendingFailed();
      iterations = iteration + 1;
    }
  }

  private void record() throws SourceException {
    if (recorder.isPresent()) {
      recorder.get().begin(source.hasWeights() ? source.initialWeights() : List.of());
    }
  }

  private void sendWeights(Sending sending, int copy) throws SourceException {
    GradientEncoder asTheyAre = new GradientEncoder(GradientFormat.F32);
    sendIteration(sending, -1, copy, source.initialWeights(), asTheyAre);
  }

  /** Trains each copy of the network on what its crossbars hold after the iteration before. */
  private void train(Sending sending, Admin admin) throws SourceException {
    TrainingSource network = (TrainingSource) source;
    int copies = plan.gradientStreams();
    List<Training> trainings = new ArrayList<>();
    iterations = 0;
    try (WeightsReader reader =
        new WeightsReader(kafka, admin, sending.attempt(), sending.partitions())) {
      for (int copy = 0; copy < copies; copy++) {
        trainings.add(network.begin());
      }
      announce(sending);
      record();
      for (int copy = 0; copy < copies; copy++) {
        sendWeights(sending, copy);
      }
      for (long iteration = 0; iteration <= plan.iterations(); iteration++) {
        sending.lead().await(iteration, sending.interruption());
        for (int copy = 0; copy < copies; copy++) {
          if (!reader.await(copy, iteration - 1, sending.interruption())) {
            return;
          }
          trainOn(sending, trainings.get(copy), copy, iteration, reader.weights(copy));
        }
        failIfSendingFailed();
        // The last is done when its weights have come back.
        iterations = iteration;
      }
    } finally {
      trainings.forEach(Training::close);
    }
  }

  private void trainOn(
      Sending sending, Training training, int copy, long done, NetworkWeights weights)
      throws SourceException {
    TrainingPlan of = plan.training().orElseThrow();
    if (of.testsAfter(done, plan.iterations())) {
      Training.Accuracy tested = training.test(weights);
      sendAndWait(
          sending.producer(),
          new ProducerRecord<>(
              kafka.topics().accuracy(),
              0,
              sending.attempt().run(),
              WireFormat.ACCURACY.encode(
                  new Accuracy(
                      sending.attempt().run(),
                      of.scenarios().get(copy),
                      done,
                      tested.images(),
                      tested.correct(),
                      tested.loss()))));
    }
    if (done < plan.iterations()) {
      GradientEncoder encoder = new GradientEncoder(plan.gradientFormat());
      sendIteration(sending, done, copy, training.gradients(done, weights), encoder);
    }
  }

  private void sendIteration(
      Sending sending, long iteration, int copy, List<LayerTensor> tensors, GradientEncoder encoder)
      throws SourceException {
    if (recorder.isPresent() && iteration >= 0) {
      recorder.get().take(tensors);
    }
    RunPlan attempt = sending.attempt();
    int chunkValues = chunkBytes / encoder.format().bytes();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      LayerShape shape = plan.layers().get(layer);
      int partition = Topics.partition(attempt.run(), layer, sending.partitions());
      String key = Topics.key(attempt.run(), shape.name());
      for (GradientChunks.Chunk chunk : GradientChunks.of(shape, tensors.get(layer), chunkValues)) {
        byte[] value =
            WireFormat.GRADIENTS.encode(
                new Gradients(
                    attempt.run(),
                    layer,
                    iteration,
                    chunk.chunk(),
                    chunk.chunks(),
                    chunk.firstOutput(),
                    chunk.outputs(),
                    encoded(encoder, shape, iteration, chunk.weights()),
                    encoded(encoder, shape, iteration, chunk.biases()),
                    copy));
        sending
            .producer()
            .send(
                new ProducerRecord<>(kafka.topics().gradients(), partition, key, value),
                (metadata, failure) -> {
                  if (failure != null) {
                    sendFailure.compareAndSet(null, failure);
                  } else {
                    sending.lead().sent(metadata.partition(), iteration, metadata.offset());
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

  private void abort(RunPlan attempt, KafkaProducer<String, byte[]> producer, String reason) {
    producer.flush();
    sendAndWait(
        producer,
        runRecord(attempt, WireFormat.RUN_ABORTED.encode(new RunAborted(attempt.run(), reason))));
  }

  private ProducerRecord<String, byte[]> runRecord(RunPlan attempt, byte[] value) {
    return new ProducerRecord<>(kafka.topics().runs(), 0, attempt.run(), value);
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

  /** Stops like {@link #close}, but says nothing: the run is to go on another time. */
  public void pause() {
    pausing.set(true);
    stopping.set(true);
  }

  @Override
  public void close() {
    stopping.set(true);
  }
}
