package org.sgsars.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.TimeSource;

/**
 * Runs a stage: polls the partitions its group gives it, lets a worker process each, sends what
 * comes of it, and saves the workers' states with the input offsets. After a stop, a crash or a
 * rebalance it goes on from the saved state and may send records again; whoever reads them skips
 * what he already applied.
 */
public final class ServiceLoop extends SteppedService {
  private final Stage stage;
  private final PipelineLog log;
  private final SnapshotStore snapshots;
  private final StateSaver states;
  private final ServiceStatus status;
  private final Map<TopicPartition, Assignment> assignments = new ConcurrentHashMap<>();

  private @Nullable StageWork work;
  private boolean failed;

  /**
   * @param snapshots closed with this
   * @param saveInterval longest time between two saves while records come in
   */
  public ServiceLoop(Stage stage, PipelineLog log, SnapshotStore snapshots, Duration saveInterval) {
    this(stage, log, snapshots, Optional.of(saveInterval), diskOf(stage));
  }

  /**
   * One on a log that ends with this process. Nobody goes back to a state but another instance that
   * takes a partition over, so states are saved only for that, and records that are behind a commit
   * need not be kept.
   */
  public static ServiceLoop forThisProcess(Stage stage, PipelineLog log, SnapshotStore snapshots) {
    return new ServiceLoop(stage, log, snapshots, Optional.empty(), diskOf(stage));
  }

  private static Disk diskOf(Stage stage) {
    return new DiskThread(stage.service() + "-state");
  }

  /**
   * @param snapshots closed with this
   * @param disk brings the states to the disk
   */
  public ServiceLoop(
      Stage stage, PipelineLog log, SnapshotStore snapshots, Duration saveInterval, Disk disk) {
    this(stage, log, snapshots, Optional.of(saveInterval), disk);
  }

  private ServiceLoop(
      Stage stage,
      PipelineLog log,
      SnapshotStore snapshots,
      Optional<Duration> saveInterval,
      Disk disk) {
    super(log.time());
    TimeSource time = log.time();
    this.stage = stage;
    this.log = log;
    this.snapshots = snapshots;
    this.states = new StateSaver(snapshots, saveInterval, time, disk);
    this.status = new ServiceStatus(stage.service(), this::progress, time);
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  @Override
  public void open() {
    StageClients clients = StageClients.of(log, stage);
    try {
      work = new StageWork(stage, log, clients, snapshots, states, status, assignments);
    } catch (RuntimeException | Error e) {
      clients.close();
      throw e;
    }
    status.up();
  }

  private StageWork work() {
    StageWork open = work;
    if (open == null) {
      throw new IllegalStateException(stage.service() + " is not open");
    }
    return open;
  }

  @Override
  public Step step() {
    return guarded(() -> work().step());
  }

  @Override
  public void finish() {
    guarded(
        () -> {
          work().saveAll();
          return Step.DONE;
        });
    work().close();
    work = null;
  }

  /**
   * From a failure on nothing is saved: a worker may have a record half behind it. And nothing is
   * sent after what could not be sent, or readers would see a gap that never fills.
   */
  private Step guarded(java.util.function.Supplier<Step> part) {
    try {
      return part.get();
    } catch (RuntimeException | Error e) {
      failed = true;
      work().abandon();
      throw e;
    }
  }

  @Override
  public void release() {
    StageWork open = work;
    if (open != null) {
      if (!failed) {
        open.abandon();
      }
      open.close();
    }
    work = null;
    states.close();
    snapshots.close();
  }

  private List<PartitionWorker.LayerProgress> progress() {
    List<PartitionWorker.LayerProgress> all = new ArrayList<>();
    assignments.values().forEach(assignment -> all.addAll(assignment.worker.progress()));
    return all;
  }
}
