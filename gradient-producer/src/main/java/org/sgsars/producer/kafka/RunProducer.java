package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;
import org.sgsars.source.GradientSink;
import org.sgsars.source.LayerSource;
import org.sgsars.source.RepeatedSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.TrainingSource;
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
  private final Optional<TrainingCheckpoints> checkpoints;
  private final Runnable sent;
  private final ServiceStatus status;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean pausing = new AtomicBoolean();
  private final Attempts attempts = new Attempts(WaitClock.SYSTEM);
  private volatile long iterations;

  /**
   * @param source a {@link RepeatedSource} of the plan's iterations, or a {@link TrainingSource} if
   *     the plan trains; closed at the end
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param maxLead most iterations to be ahead of the slowest consumer; empty for as many as take
   *     half a GiB, within [8, 65536]
   * @param recorder keeps the gradients of a run that is sent from its beginning; closed at the end
   * @param checkpoints where a training is saved on its way, if it is to go on after a restart
   * @param sent is called when the run is sent and taken in to its end
   */
  public RunProducer(
      KafkaAccess kafka,
      RunPlan plan,
      LayerSource source,
      int chunkBytes,
      OptionalLong maxLead,
      Optional<GradientSink> recorder,
      Optional<TrainingCheckpoints> checkpoints,
      Runnable sent) {
    this.recorder = recorder;
    this.checkpoints = checkpoints;
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
   * Sends the run, and waits until all services have taken it in. If one of them lost its state, or
   * nothing is there that a training could go on with, begins anew. If the source fails, or if told
   * to stop, the run is marked aborted, so that its report says that it is not complete; also if
   * anything else fails, unless it is a training that can go on when this is started again.
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
      Clients clients =
          new Clients(producer, admin, runs, partitions, kafka.topicId(kafka.topics().weights()));
      RunPlan attempt = firstAttempt(clients);
      while (!send(attempt, clients)) {
        attempt = next(attempt, clients);
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
  private RunPlan firstAttempt(Clients clients) {
    KafkaRunCatalog runs = clients.runs();
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
    return runs.stateLost(last.run()).isPresent() ? next(last, clients) : last;
  }

  /** Its records would be passed over everywhere. */
  private void failIfRetired(KafkaRunCatalog runs) {
    if (runs.isRetired(plan.run())) {
      throw new ServiceException(
          "Run '%s' is over for good, and its name not free yet; choose another name"
              .formatted(plan.run()));
    }
  }

  private RunSender sender(RunPlan attempt, Clients clients, RunSender.Acknowledged acknowledged) {
    return new RunSender(
        attempt,
        clients.producer(),
        kafka.topics(),
        clients.partitions(),
        chunkBytes,
        acknowledged,
        status);
  }

  /**
   * The run, begun anew in a while.
   *
   * @throws ServiceException if it was begun anew too often; its report says why
   */
  private RunPlan next(RunPlan attempt, Clients clients) {
    forget(attempt, clients);
    String why =
        clients.runs().stateLost(attempt.run()).orElse("its training cannot go on where it was");
    if (Attempts.isLast(attempt)) {
      String reason =
          "the run was begun %d times and is given up, as it would have to begin anew: %s"
              .formatted(Attempts.MOST, why);
      sender(attempt, clients, (partition, iteration, offset) -> {}).abort(reason);
      throw new ServiceException(
          "Run '%s': %s; mend that, and choose another name".formatted(plan.run(), reason));
    }
    LOG.warn("Run {} begins anew, its report will be the same: {}", plan.run(), why);
    attempts.backOff(stopping::get);
    return plan.asAttempt(RunPlan.attemptOf(attempt.run()) + 1);
  }

  /**
   * What all attempts are sent with.
   *
   * @param weightsId identity of the topic of weights
   */
  private record Clients(
      KafkaProducer<String, byte[]> producer,
      Admin admin,
      KafkaRunCatalog runs,
      int partitions,
      String weightsId) {}

  /**
   * @return whether the run is over; if not, it has to begin anew
   */
  private boolean send(RunPlan attempt, Clients clients) throws SourceException {
    SentProgress progress = new SentProgress(clients.admin(), kafka, attempt.run());
    try (IterationLoop loop = loop(attempt, clients, progress)) {
      OptionalLong from = OptionalLong.of(0);
      if (clients.runs().find(attempt.run()).isPresent()) {
        from = loop.goOn(clients.runs().isAborted(attempt.run()));
      } else {
        // Of an earlier run of this name, which is over for good.
        forget(attempt, clients);
      }
      return from.isPresent() && send(attempt, loop, from.getAsLong(), progress, clients);
    }
  }

  private boolean send(
      RunPlan attempt, IterationLoop loop, long from, SentProgress progress, Clients clients)
      throws SourceException {
    int partitions = clients.partitions();
    LeadGuard lead =
        new LeadGuard(
            kafka,
            ConsumerOffsets.of(clients.admin()),
            attempt,
            partitions,
            lead(),
            from,
            progress::note,
            WaitClock.SYSTEM,
            LOG::warn);
    Interruption interruption = new Interruption(clients.runs(), attempt);
    RunSender sender = sender(attempt, clients, lead::sent);
    try {
      loop.run(sender, from, lead, interruption, sent -> iterations = sent);
      sender.flush();
      if (iterations == attempt.iterations()) {
        if (recorder.isPresent()) {
          // Now: who waits for the report may stop this as soon as that is there.
          recorder.get().finish();
        }
        lead.awaitAll(iterations, interruption);
      }
    } catch (SourceException e) {
      // What came before is judged to its end: a source that fails gives the same report each time.
      sender.flush();
      lead.awaitAll(iterations, interruption);
      sender.abort(String.valueOf(e.getMessage()));
      forget(attempt, clients);
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      if (checkpoints.isEmpty()) {
        abortAfter(e, sender);
      }
      throw e;
    }
    if (stopping.get() && !pausing.get() && iterations < attempt.iterations()) {
      sender.abort("stopped after %d of %d iterations".formatted(iterations, attempt.iterations()));
      forget(attempt, clients);
      return true;
    }
    if (interruption.isStateLost()) {
      return false;
    }
    if (!stopping.get()) {
      progress.forget();
      sent.run();
      forget(attempt, clients);
    }
    return true;
  }

  private IterationLoop loop(RunPlan attempt, Clients clients, SentProgress progress)
      throws SourceException {
    if (source instanceof TrainingSource network) {
      return new TrainingLoop(
          attempt,
          network,
          recorder,
          checkpoints,
          stateName(attempt, clients),
          new WeightsReader(
              kafka, clients.admin(), attempt, clients.partitions(), checkpoints.isPresent()));
    }
    return new ReplayLoop(attempt, (RepeatedSource) source, recorder, progress);
  }

  /** With the topic's identity: one made anew under the old name must not meet the old state. */
  private static String stateName(RunPlan attempt, Clients clients) {
    return "training-" + clients.weightsId() + "-" + attempt.run();
  }

  private void forget(RunPlan attempt, Clients clients) {
    checkpoints.ifPresent(of -> of.forget(stateName(attempt, clients)));
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
  private static void abortAfter(Throwable cause, RunSender sender) {
    if (sender.hasFailed()) {
      return;
    }
    try {
      sender.abort(FailureReason.of(cause));
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private long lead() {
    long halfGibibyte = 1L << 29;
    long fitting = halfGibibyte / (bytesPerIteration(plan) * plan.gradientStreams());
    return maxLead.orElse(Math.min(65_536, Math.max(8, fitting)));
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
