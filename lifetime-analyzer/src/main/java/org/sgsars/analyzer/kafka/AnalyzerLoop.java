package org.sgsars.analyzer.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.experiment.CheckedPlan;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineService;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.service.TopicReader;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.StateLost;
import org.sgsars.wire.Wear;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all runs. Every instance reads all of the small topics it needs from their beginning, so
 * each has the whole picture, and a restarted one finds it again without any state of its own.
 */
public final class AnalyzerLoop implements PipelineService, LivePages.Source {
  public static final String SERVICE = "lifetime-analyzer";

  private static final Logger LOG = LoggerFactory.getLogger(AnalyzerLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(2);

  private final KafkaAccess kafka;
  private final Policies policies;
  private final Consumer<LifetimeReport> reports;
  private final ServiceStatus status;
  private final AtomicBoolean stopping = new AtomicBoolean();

  private final FollowedRuns runs;

  /** Of news, by the name of the run. */
  private final Map<String, Long> versions = new ConcurrentHashMap<>();

  private final BadRecords bad;

  /**
   * A report that was made.
   *
   * @param version of news that it holds
   */
  private record Snapshot(RunWear of, long version, LifetimeReport report) {}

  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> failing = new HashSet<>();
  private final Map<String, Long> reportedAt = new HashMap<>();
  private final Optional<Housekeeping> housekeeping;

  /** Keeps runs for ever. */
  public AnalyzerLoop(KafkaAccess kafka, Policies policies, Consumer<LifetimeReport> reports) {
    this(kafka, Optional.empty(), policies, reports);
  }

  /**
   * @param keep how long runs are kept; empty for ever
   * @param policies the devices that runs can name
   * @param reports is given the report of each run when there is no more wear to wait for, and
   *     again if a record that could not be used turns up later
   */
  public AnalyzerLoop(
      KafkaAccess kafka,
      Optional<Retention.Times> keep,
      Policies policies,
      Consumer<LifetimeReport> reports) {
    this.kafka = kafka;
    this.housekeeping = keep.map(times -> new Housekeeping(kafka, times));
    this.policies = policies;
    this.runs = new FollowedRuns(policies);
    this.reports = reports;
    this.status = new ServiceStatus(SERVICE, this::progress);
    this.bad = new BadRecords(kafka, status);
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  @Override
  public void run() {
    List<String> topics =
        List.of(
            kafka.topics().runs(),
            kafka.topics().wear(),
            kafka.topics().accuracy(),
            kafka.topics().deadLetters());
    try (TopicReader reader = new TopicReader(kafka, topics);
        RunCatalog catalog = new KafkaRunCatalog(kafka, policies)) {
      status.up();
      while (!stopping.get()) {
        catalog.expectNews();
        int count = reader.poll(POLL, record -> take(record, catalog));
        if (count > 0) {
          status.processed(count);
        }
        reportDoneRuns(reader, catalog);
        tellBadRecords(reader, catalog);
        keepHouse(reader, catalog);
      }
    } catch (RuntimeException e) {
      status.failed(e);
      throw e;
    } finally {
      status.down();
    }
  }

  private void take(ConsumerRecord<String, byte[]> record, RunCatalog catalog) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    try {
      if (record.topic().equals(kafka.topics().wear())) {
        takeWear(WireFormat.WEAR.decode(value), record.timestamp(), catalog);
      } else if (record.topic().equals(kafka.topics().accuracy())) {
        takeAccuracy(WireFormat.ACCURACY.decode(value), record.timestamp(), catalog);
      } else if (record.topic().equals(kafka.topics().deadLetters())) {
        DeadLetter letter = WireFormat.DEAD_LETTER.decode(value);
        bad.take(letter);
        takeDeadLetter(letter, record.timestamp(), catalog);
      } else if (WireFormat.RUN_ABORTED.recognises(value)) {
        RunAborted aborted = WireFormat.RUN_ABORTED.decode(value);
        runs.follow(aborted.getRun(), catalog)
            .ifPresent(
                run -> {
                  abort(run, aborted.getReason());
                  heard(aborted.getRun(), record.timestamp());
                });
      } else if (WireFormat.STATE_LOST.recognises(value)) {
        StateLost loss = WireFormat.STATE_LOST.decode(value);
        LOG.warn(
            "Run {} can only go on when its producer sends it again from its beginning: {}: {}",
            loss.getRun(),
            loss.getService(),
            loss.getReason());
      } else if (WireFormat.RUN_RETIRED.recognises(value)) {
        retire(WireFormat.RUN_RETIRED.decode(value).getRun(), record.timestamp());
      } else {
        takeManifest(WireFormat.RUN_MANIFEST.decode(value), record, catalog);
      }
    } catch (KafkaException | ServiceException e) {
      // Of reading on, for what the record is part of.
      throw e;
    } catch (WireException | RuntimeException | Error e) {
      bad.note(record, unusable(record, e));
    }
  }

  /** A manifest that cannot be read, as of another version, still has its run as its key. */
  private BadRecordException unusable(ConsumerRecord<String, byte[]> record, Throwable why) {
    String reason = why(why);
    String key = record.key();
    boolean isOfUnknownRun =
        record.topic().equals(kafka.topics().runs())
            && key != null
            && RunPlan.isName(RunPlan.nameOf(key))
            && runs.find(RunPlan.nameOf(key)).isEmpty();
    return isOfUnknownRun
        ? BadRecordException.ofRun(reason, key)
        : BadRecordException.unattributed(reason);
  }

  /**
   * Why something cannot be used, for people.
   *
   * @throws Error if the JVM itself is at its end, or out of memory
   */
  private static String why(Throwable thrown) {
    if (thrown instanceof Error error
        && (!PolicyFailure.isContained(thrown) || PolicyFailure.isOutOfMemory(thrown))) {
      throw error;
    }
    boolean isSaid = thrown instanceof WireException || thrown instanceof IllegalArgumentException;
    return isSaid ? String.valueOf(thrown.getMessage()) : thrown.toString();
  }

  /** Each once: the letters written before stand among what is read first. */
  private void tellBadRecords(TopicReader reader, RunCatalog catalog) {
    if (bad.areTold()) {
      return;
    }
    reader.readToEnd(record -> take(record, catalog));
    bad.tell();
  }

  private static void abort(RunWear run, String reason) {
    synchronized (run) {
      run.abort(reason);
    }
  }

  /** Something was said of a run that is followed: its report may be another. */
  private void heard(String run, long at) {
    String name = RunPlan.nameOf(run);
    changed.add(name);
    isOld(name);
    housekeeping.ifPresent(keeper -> keeper.retention().heard(name, at));
  }

  /** Lets go of a run. */
  private void retire(String name, long at) {
    housekeeping.ifPresent(keeper -> keeper.retention().retired(name, at));
    runs.forget(name)
        .ifPresent(
            known -> {
              latest.updateAndGet(made -> made != null && made.of() == known ? null : made);
              LOG.info("{} lets go of run {}, which is over for good", SERVICE, name);
            });
    versions.remove(name);
    changed.remove(name);
    failing.remove(name);
    reportedAt.remove(name);
  }

  private void keepHouse(TopicReader reader, RunCatalog catalog) {
    if (housekeeping.isEmpty() || !housekeeping.get().isTime()) {
      return;
    }
    Housekeeping keeper = housekeeping.get();
    reader.readToEnd(record -> take(record, catalog));
    List<String> due = keeper.due(name -> isReported(name));
    for (String name : due) {
      Optional<RunWear> run = runs.find(name);
      if (run.isPresent() && !run.get().isDone()) {
        abort(run.get(), "nothing was heard of it for " + keeper.patience());
        isOld(name);
        hand(name);
      }
    }
    List<String> retiring = due.stream().filter(name -> !failing.contains(name)).toList();
    if (!retiring.isEmpty()) {
      keeper.retire(
          retiring,
          catalog.announced().stream()
              .filter(run -> retiring.contains(RunPlan.nameOf(run)))
              .toList());
      catalog.expectNews();
      reader.readToEnd(record -> take(record, catalog));
    }
    catalog.takeRetired();
    keeper.trim();
    bad.forgetDeleted(reader.begins());
  }

  private boolean isReported(String name) {
    return runs.find(name).filter(RunWear::isDone).isPresent() && !changed.contains(name);
  }

  private void takeManifest(
      RunManifest manifest, ConsumerRecord<String, byte[]> record, RunCatalog catalog) {
    try {
      CheckedPlan checked = CheckedPlan.of(WireModel.fromWire(manifest), policies);
      follow(checked.plan(), record.timestamp(), catalog);
      checked
          .problem()
          .ifPresent(
              problem -> bad.note(record, BadRecordException.ofRun(problem, manifest.getRun())));
    } catch (WireException | IllegalArgumentException e) {
      bad.note(record, BadRecordException.ofRun(why(e), manifest.getRun()));
    }
  }

  private void follow(RunPlan plan, long at, RunCatalog catalog) {
    String name = RunPlan.nameOf(plan.run());
    housekeeping.ifPresent(keeper -> keeper.retention().announced(name, at));
    Optional<RunWear> run = runs.follow(plan.run(), catalog);
    if (run.isPresent()) {
      synchronized (run.get()) {
        if (run.get().plan().isSameRun(plan)) {
          run.get().resume();
        } else {
          run.get().badRecord("another run was announced under the same name");
          changed.add(name);
        }
      }
      isOld(name);
    }
  }

  /** What was made of a run is not what it would be now. */
  private void isOld(String name) {
    versions.merge(name, 1L, Long::sum);
  }

  private void takeAccuracy(Accuracy accuracy, long atMs, RunCatalog catalog) {
    Optional<RunWear> found = runs.running(accuracy.getRun(), catalog);
    if (found.isEmpty()) {
      return;
    }
    RunWear run = found.get();
    synchronized (run) {
      run.take(
          accuracy.getScenario(),
          new LifetimeReport.Accuracy(
              accuracy.getIterations(),
              accuracy.getImages(),
              accuracy.getCorrect(),
              accuracy.getLoss()),
          atMs);
    }
    heard(accuracy.getRun(), atMs);
  }

  private void takeWear(Wear wear, long atMs, RunCatalog catalog) {
    Optional<RunWear> found = runs.running(wear.getRun(), catalog);
    if (found.isEmpty()) {
      return;
    }
    RunWear run = found.get();
    synchronized (run) {
      run.take(WearParts.of(wear), atMs);
    }
    heard(wear.getRun(), atMs);
  }

  private void takeDeadLetter(DeadLetter letter, long atMs, RunCatalog catalog) {
    String name = letter.getRun();
    if (name == null) {
      return;
    }
    String reason =
        "%s-%d@%d, read by %s: %s"
            .formatted(
                letter.getTopic(),
                letter.getPartition(),
                letter.getOffset(),
                letter.getService(),
                letter.getReason());
    String layer = letter.getLayer();
    runs.follow(name, catalog)
        .ifPresent(
            run -> {
              synchronized (run) {
                if (letter.getEndsLayer() && layer != null) {
                  run.endLayer(reason, layer, letter.getScenarios());
                } else {
                  run.badRecord(reason);
                }
              }
              heard(name, atMs);
            });
  }

  /**
   * Reports the changed runs that are done. The first time at once, but after everything that is in
   * the topics by then: a record that could not be used may stand in another partition than the
   * last wear. Then not more often than every other second: after an abort wear goes on coming.
   */
  private void reportDoneRuns(TopicReader reader, RunCatalog catalog) {
    if (changed.stream().noneMatch(this::isDue)) {
      return;
    }
    reader.readToEnd(record -> take(record, catalog));
    for (String name : List.copyOf(changed)) {
      if (isDue(name)) {
        hand(name);
      }
    }
  }

  private boolean isDue(String name) {
    if (runs.find(name).filter(RunWear::isDone).isEmpty()) {
      return false;
    }
    Long last = reportedAt.get(name);
    return last == null || System.nanoTime() - last >= BETWEEN_REPORTS.toNanos();
  }

  /** One report that cannot be written must not keep the others back; it is tried again. */
  private void hand(String name) {
    reportedAt.put(name, System.nanoTime());
    Optional<RunWear> run = runs.find(name);
    if (run.isEmpty()) {
      return;
    }
    try {
      reports.accept(snapshot(name, run.get()));
      changed.remove(name);
      if (failing.remove(name) && failing.isEmpty()) {
        status.recovered();
      }
    } catch (RuntimeException | Error e) {
      if (e instanceof Error error && !PolicyFailure.isContained(e)) {
        throw error;
      }
      status.failed(e);
      if (failing.add(name)) {
        LOG.error(
            "The report of run {} is tried again until it can be written: {}",
            name,
            FailureReason.of(e));
      }
    }
  }

  @Override
  public List<LivePages.Progress> runs() {
    List<LivePages.Progress> progress = new ArrayList<>();
    runs.forEach((name, run) -> progress.add(progress(name, run)));
    return progress;
  }

  @Override
  public Optional<LivePages.Progress> progress(String run) {
    return runs.find(run).map(wear -> progress(run, wear));
  }

  private LivePages.Progress progress(String name, RunWear run) {
    synchronized (run) {
      return new LivePages.Progress(
          name,
          run.plan().name(),
          run.iterations(),
          run.plan().iterations(),
          run.plan().createdAtMs(),
          Math.max(run.lastReportAtMs(), run.plan().createdAtMs()),
          run.isDone(),
          run.isComplete(),
          versions.getOrDefault(name, 0L));
    }
  }

  /** The report of a run as far as it is known now. From any thread. */
  @Override
  public Optional<LifetimeReport> report(String run) {
    return runs.find(run).map(wear -> snapshot(run, wear));
  }

  /** Of a large run a report takes seconds to make: the files and the page share the last. */
  private LifetimeReport snapshot(String name, RunWear run) {
    synchronized (run) {
      // What comes meanwhile is told of later, and makes this one old.
      long version = versions.getOrDefault(name, 0L);
      Snapshot known = latest.get();
      if (known != null && known.of() == run && known.version() == version) {
        return known.report();
      }
      LifetimeReport report = run.report();
      latest.set(new Snapshot(run, version, report));
      return report;
    }
  }

  private List<LayerProgress> progress() {
    List<LayerProgress> progress = new ArrayList<>();
    runs.forEach(
        (name, run) -> {
          synchronized (run) {
            progress.add(
                new LayerProgress(
                    name, 0, 0, run.iterations(), run.isDone() ? "finished" : "running"));
          }
        });
    return progress;
  }

  /** Asks the loop to stop; {@link #run()} returns soon after. */
  @Override
  public void close() {
    stopping.set(true);
  }
}
