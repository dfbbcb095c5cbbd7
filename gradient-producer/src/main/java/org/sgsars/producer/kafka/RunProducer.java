package org.sgsars.producer.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.service.FailStopProducer;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.service.SteppedService;
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
public final class RunProducer extends SteppedService {
  public static final String SERVICE = "gradient-producer";

  /** How long gradients that do not fill a batch wait for others. */
  public static final Duration LINGER = Duration.ofMillis(5);

  private static final Logger LOG = LoggerFactory.getLogger(RunProducer.class);

  private final PipelineLog log;
  private final RunPlan plan;
  private final LayerSource source;
  private final Sending way;
  private final Optional<GradientSink> recorder;
  private final Optional<TrainingCheckpoints> checkpoints;
  private final Runnable sent;
  private final ServiceStatus status;
  private final AtomicBoolean pausing = new AtomicBoolean();
  private final Attempts attempts;
  private volatile long iterations;
  private @Nullable Clients clients;
  private @Nullable SentRun sending;

  /** The attempt to begin when it is time. */
  private @Nullable RunPlan following;

  private boolean isOver;

  /**
   * @param source a {@link RepeatedSource} of the plan's iterations, or a {@link TrainingSource} if
   *     the plan trains; closed at the end
   * @param way how the gradients are sent; a training is sent whole
   * @param recorder keeps the gradients of a run that is sent from its beginning; closed at the end
   * @param checkpoints where a training is saved on its way, if it is to go on after a restart;
   *     closed at the end
   * @param sent is called when the run is sent and taken in to its end
   */
  public RunProducer(
      PipelineLog log,
      RunPlan plan,
      LayerSource source,
      Sending way,
      Optional<GradientSink> recorder,
      Optional<TrainingCheckpoints> checkpoints,
      Runnable sent) {
    super(log.time());
    this.attempts = new Attempts(log.time());
    this.recorder = recorder;
    this.checkpoints = checkpoints;
    this.log = log;
    this.sent = sent;
    this.plan = plan;
    this.source = source;
    this.way = way;
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
                        iterations == plan.iterations() ? "finished" : "running")),
            log.time());
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  /** The run it sends. */
  public RunPlan plan() {
    return plan;
  }

  /**
   * How a run's gradients are sent.
   *
   * @param chunkBytes most bytes of gradient in one record, but at least one output
   * @param maxLead most iterations to be ahead of the slowest consumer; empty for as many as should
   *     wait in the log ({@link org.sgsars.log.Backlog})
   * @param shard which of its layers
   */
  public record Sending(int chunkBytes, OptionalLong maxLead, Shard shard) {}

  /** Bytes of gradient in one iteration, on the wire. */
  public static long bytesPerIteration(RunPlan plan) {
    return plan.gradientFormat().bytes()
        * plan.layers().stream().mapToLong(LayerShape::cells).sum();
  }

  /**
   * Announces the run, or resumes it where it was announced before.
   *
   * @throws ServiceException if the source or Kafka fails
   */
  @Override
  public void open() {
    int partitions = log.prepareTopics();
    way.shard().requirePartitions(partitions);
    Duration linger = plan.training().isPresent() ? Duration.ZERO : LINGER;
    Clients opened =
        new Clients(
            new FailStopProducer(log.producer(linger), "Gradients cannot be sent to Kafka"),
            log.admin(),
            new KafkaRunCatalog(log),
            partitions);
    clients = opened;
    status.up();
    RunPlan attempt = firstAttempt(opened);
    if (opened.runs().stateLost(attempt.run()).isPresent()) {
      backOff(attempt, opened);
    } else {
      withSource(() -> startAttempt(attempt, opened));
    }
  }

  /** What a source can fail in. */
  @FunctionalInterface
  private interface Part {
    void run() throws SourceException;
  }

  private static void withSource(Part part) {
    try {
      part.run();
    } catch (SourceException e) {
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    }
  }

  private Clients clients() {
    Clients opened = clients;
    if (opened == null) {
      throw new IllegalStateException(SERVICE + " is not open");
    }
    return opened;
  }

  /**
   * Sends the run, and waits until all services have taken it in. If one of them lost its state, or
   * nothing is there that a training could continue from, starts again from iteration 0. If the
   * source fails, the run is marked aborted, so that its report says that it is not complete; also
   * if anything else fails, unless it is a training that can go on when this is started again.
   *
   * @throws ServiceException if the source or Kafka fails
   */
  @Override
  public Step step() {
    RunPlan next = following;
    if (next != null) {
      if (!attempts.isTime()) {
        return Step.IDLE;
      }
      following = null;
      withSource(() -> startAttempt(next, clients()));
      return Step.AGAIN;
    }
    SentRun run = sending();
    SentRun.State state = stepOf(run);
    iterations = run.iterations();
    return switch (state) {
      case AGAIN -> Step.AGAIN;
      case IDLE -> Step.IDLE;
      case ANEW -> {
        backOff(run.attempt(), clients());
        yield Step.AGAIN;
      }
      case OVER -> {
        progress().delete();
        sent.run();
        deleteCheckpoints(run.attempt());
        isOver = true;
        yield Step.DONE;
      }
    };
  }

  private SentRun sending() {
    SentRun run = sending;
    if (run == null) {
      throw new IllegalStateException("Nothing is being sent");
    }
    return run;
  }

  private SentProgress progress() {
    return new SentProgress(clients().admin(), log, sending().attempt().run(), way.shard());
  }

  private SentRun.State stepOf(SentRun run) {
    try {
      return run.step();
    } catch (SourceException e) {
      deleteCheckpoints(run.attempt());
      throw new ServiceException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | OutOfMemoryError e) {
      if (checkpoints.isEmpty()) {
        abortAfter(e, run.sender());
      }
      throw e;
    }
  }

  /** Marks a run that is not all sent aborted, unless it is to go on another time. */
  @Override
  public void finish() {
    SentRun run = sending;
    if (following != null && !pausing.get()) {
      RunSender sender = sender(following, clients(), (partition, iteration, offset) -> {});
      sender.announce();
      sender.abort("stopped after 0 of %d iterations".formatted(plan.iterations()));
    }
    if (run == null || isOver) {
      return;
    }
    withSource(run::throwFailure);
    run.sender().flush();
    if (!pausing.get() && iterations < plan.iterations()) {
      run.sender()
          .abort("stopped after %d of %d iterations".formatted(iterations, plan.iterations()));
      deleteCheckpoints(run.attempt());
    }
  }

  @Override
  public void release() {
    closeAttempt();
    Clients opened = clients;
    if (opened != null) {
      opened.close();
    }
    clients = null;
    recorder.ifPresent(GradientSink::close);
    checkpoints.ifPresent(TrainingCheckpoints::close);
    try {
      source.close();
    } catch (SourceException e) {
      LOG.warn("The source cannot be closed: {}", e.getMessage());
    }
  }

  private void closeAttempt() {
    SentRun run = sending;
    if (run != null) {
      run.close();
    }
    sending = null;
  }

  /** The run as it goes on: what was announced last. */
  private RunPlan firstAttempt(Clients with) {
    KafkaRunCatalog runs = with.runs();
    Optional<RunPlan> earlier = runs.lastAttempt(plan.run());
    Interruption.failIfRetired(runs, plan);
    if (earlier.isEmpty()) {
      return plan;
    }
    if (!earlier.get().isSameRun(plan)) {
      throw new ServiceException(
          "There is another run named '%s' already; choose another name".formatted(plan.run()));
    }
    way.shard().requireSameSplit(plan.run(), runs.shards(earlier.get().run()));
    return plan.asAttempt(RunPlan.attemptOf(earlier.get().run()));
  }

  private RunSender sender(RunPlan attempt, Clients with, RunSender.Acknowledged acknowledged) {
    return new RunSender(
        layers(attempt, with),
        with.producer(),
        log.topics(),
        way.chunkBytes(),
        acknowledged,
        status);
  }

  private SentLayers layers(RunPlan attempt, Clients with) {
    return new SentLayers(attempt, way.shard(), with.partitions());
  }

  /**
   * The run, begun anew.
   *
   * @throws ServiceException if it was begun anew too often; its report says why
   */
  private RunPlan next(RunPlan attempt, Clients with) {
    deleteCheckpoints(attempt);
    String why =
        with.runs().stateLost(attempt.run()).orElse("its training cannot go on where it was");
    if (Attempts.isLast(attempt)) {
      String reason =
          "the run was begun %d times and is given up, as it would have to begin anew: %s"
              .formatted(Attempts.MOST, why);
      sender(attempt, with, (partition, iteration, offset) -> {}).abort(reason);
      throw new ServiceException(
          "Run '%s': %s; mend that, and choose another name".formatted(plan.run(), reason));
    }
    LOG.warn("Run {} begins anew, its report will be the same: {}", plan.run(), why);
    return plan.asAttempt(RunPlan.attemptOf(attempt.run()) + 1);
  }

  /** The run is begun anew in a while. */
  private void backOff(RunPlan attempt, Clients with) {
    closeAttempt();
    following = next(attempt, with);
    attempts.backOff();
  }

  /** What all attempts are sent with. */
  private record Clients(
      FailStopProducer producer, LogAdmin admin, KafkaRunCatalog runs, int partitions)
      implements AutoCloseable {
    @Override
    public void close() {
      runs.close();
      admin.close();
      producer.close();
    }
  }

  private void startAttempt(RunPlan attempt, Clients with) throws SourceException {
    SentProgress progress = new SentProgress(with.admin(), log, attempt.run(), way.shard());
    IterationLoop loop = loop(attempt, with, progress);
    boolean begun = false;
    try {
      Optional<LeadGuard.Start> start = Optional.of(LeadGuard.Start.BEGINNING);
      if (with.runs().find(attempt.run()).isPresent()) {
        OptionalLong from = loop.resume(with.runs().isAborted(attempt.run()));
        start =
            from.isPresent()
                ? Optional.of(LeadGuard.Start.restarted(from.getAsLong(), progress.read(), lead()))
                : Optional.empty();
      } else {
        // Of an earlier run of this name, which is retired.
        deleteCheckpoints(attempt);
        // From here on the run is known as one that is being sent, see UnfinishedRuns.
        progress.saveNow(0);
      }
      if (start.isPresent()) {
        startAttempt(attempt, loop, start.get(), progress, with);
        begun = true;
      }
    } finally {
      if (!begun) {
        loop.close();
      }
    }
    if (!begun) {
      backOff(attempt, with);
    }
  }

  private void startAttempt(
      RunPlan attempt,
      IterationLoop loop,
      LeadGuard.Start start,
      SentProgress progress,
      Clients with)
      throws SourceException {
    LeadGuard lead =
        new LeadGuard(
            log,
            ConsumerOffsets.of(with.admin()),
            layers(attempt, with),
            lead(),
            start,
            progress,
            log.time(),
            LOG::warn);
    RunSender sender = sender(attempt, with, lead::sent);
    Interruption interruption = new Interruption(with.runs(), attempt, log.time());
    sending = new SentRun(attempt, loop, sender, lead, interruption, recorder);
    iterations = start.from();
    try {
      loop.start(sender, start.from());
      // Those that began at the same time have been announced by now, or find this announced.
      way.shard().requireSameSplit(plan.run(), with.runs().shards(attempt.run()));
    } catch (SourceException e) {
      sender.abort(String.valueOf(e.getMessage()));
      deleteCheckpoints(attempt);
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      if (checkpoints.isEmpty()) {
        abortAfter(e, sender);
      }
      throw e;
    }
  }

  private IterationLoop loop(RunPlan attempt, Clients with, SentProgress progress)
      throws SourceException {
    if (source instanceof TrainingSource network) {
      return new TrainingLoop(
          attempt,
          network,
          recorder,
          checkpoints,
          log.trainingState(attempt.run()),
          new WeightsReader(
              log, with.admin(), attempt, with.partitions(), checkpoints.isPresent()));
    }
    return new ReplayLoop(attempt, (RepeatedSource) source, recorder, progress);
  }

  private void deleteCheckpoints(RunPlan attempt) {
    checkpoints.ifPresent(of -> of.delete(log.trainingState(attempt.run())));
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
    return way.maxLead()
        .orElseGet(() -> log.backlog().iterations(bytesPerIteration(plan) * plan.trainings()));
  }

  /** Stops like {@link #close}, but says nothing: the run is to go on another time. */
  public void pause() {
    pausing.set(true);
    close();
  }
}
