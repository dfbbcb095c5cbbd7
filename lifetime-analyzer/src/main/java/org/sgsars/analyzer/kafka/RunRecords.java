package org.sgsars.analyzer.kafka;

import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.experiment.CheckedPlan;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.StateLost;
import org.sgsars.wire.Wear;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the records that the analyzer reads say of runs. For one thread. */
final class RunRecords {
  private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);

  private final Topics topics;
  private final Policies policies;
  private final Supplier<RunCatalog> catalog;
  private final FollowedRuns runs;
  private final RunReports reports;
  private final BadRecords bad;
  private final Optional<Retention> retention;

  /**
   * @param policies whose settings are filled in and checked
   * @param catalog finds the plan of a run
   * @param runs change by what is read
   * @param reports hears of all news
   * @param bad takes what cannot be used
   * @param retention hears when something was said of a run, if runs are retired
   */
  RunRecords(
      Topics topics,
      Policies policies,
      Supplier<RunCatalog> catalog,
      FollowedRuns runs,
      RunReports reports,
      BadRecords bad,
      Optional<Retention> retention) {
    this.topics = topics;
    this.policies = policies;
    this.catalog = catalog;
    this.runs = runs;
    this.reports = reports;
    this.bad = bad;
    this.retention = retention;
  }

  void apply(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    try {
      if (record.topic().equals(topics.wear())) {
        applyWear(WireFormat.WEAR.decode(value), record.timestamp());
      } else if (record.topic().equals(topics.accuracy())) {
        applyAccuracy(WireFormat.ACCURACY.decode(value), record.timestamp());
      } else if (record.topic().equals(topics.deadLetters())) {
        DeadLetter letter = WireFormat.DEAD_LETTER.decode(value);
        bad.addLetter(letter);
        applyDeadLetter(letter, record.timestamp());
      } else if (WireFormat.RUN_ABORTED.recognises(value)) {
        applyAbort(WireFormat.RUN_ABORTED.decode(value), record.timestamp());
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
        applyManifest(WireFormat.RUN_MANIFEST.decode(value), record);
      }
    } catch (KafkaException | ServiceException e) {
      // Of reading on, for what the record is part of.
      throw e;
    } catch (WireException | RuntimeException | Error e) {
      bad.add(record, unusable(record, e));
    }
  }

  /** A manifest that cannot be read, as of another version, still has its run as its key. */
  private BadRecordException unusable(ConsumerRecord<String, byte[]> record, Throwable why) {
    String reason = reason(why);
    String key = record.key();
    boolean isOfUnknownRun =
        record.topic().equals(topics.runs())
            && key != null
            && RunPlan.isName(RunPlan.nameOf(key))
            && runs.find(RunPlan.nameOf(key)).isEmpty();
    BadRecordException bad =
        isOfUnknownRun
            ? BadRecordException.ofRun(reason, key)
            : BadRecordException.unattributed(reason);
    return bad.because(why);
  }

  /**
   * Why something cannot be used, for people.
   *
   * @throws Error if the JVM itself is at its end, or out of memory
   */
  private static String reason(Throwable thrown) {
    if (thrown instanceof Error error
        && (!PolicyFailure.isContained(thrown) || PolicyFailure.isOutOfMemory(thrown))) {
      throw error;
    }
    boolean hasMessage =
        thrown instanceof WireException || thrown instanceof IllegalArgumentException;
    return hasMessage ? String.valueOf(thrown.getMessage()) : thrown.toString();
  }

  /** A record of a run that is followed has come: its report may have changed. */
  private void recordSeen(String run, long at) {
    String name = RunPlan.nameOf(run);
    reports.changed(name);
    retention.ifPresent(keeper -> keeper.seen(name, at));
  }

  private void retire(String name, long at) {
    retention.ifPresent(keeper -> keeper.retired(name, at));
    Optional<RunWear> known = runs.evict(name);
    reports.evict(name, known);
    if (known.isPresent()) {
      LOG.info("{} evicts run {}, which is retired", AnalyzerLoop.SERVICE, name);
    }
  }

  private void applyAbort(RunAborted aborted, long atMs) {
    runs.follow(aborted.getRun(), catalog.get())
        .ifPresent(
            run -> {
              synchronized (run) {
                run.abort(aborted.getReason());
              }
              recordSeen(aborted.getRun(), atMs);
            });
  }

  private void applyManifest(RunManifest manifest, ConsumerRecord<String, byte[]> record) {
    try {
      CheckedPlan checked = CheckedPlan.of(WireModel.fromWire(manifest), policies);
      follow(checked.plan(), record.timestamp());
      checked
          .problem()
          .ifPresent(
              problem -> bad.add(record, BadRecordException.ofRun(problem, manifest.getRun())));
    } catch (WireException | IllegalArgumentException e) {
      bad.add(record, BadRecordException.ofRun(reason(e), manifest.getRun()));
    }
  }

  private void follow(RunPlan plan, long at) {
    String name = RunPlan.nameOf(plan.run());
    retention.ifPresent(keeper -> keeper.announced(name, at));
    Optional<RunWear> run = runs.follow(plan.run(), catalog.get());
    if (run.isPresent()) {
      synchronized (run.get()) {
        if (run.get().plan().isSameRun(plan)) {
          if (run.get().resume()) {
            // All its wear may be here: no other record comes to have it reported again.
            reports.changed(name);
          }
        } else {
          run.get().badRecord("another run was announced under the same name");
          reports.changed(name);
        }
      }
      reports.outdate(name);
    }
  }

  private void applyAccuracy(Accuracy accuracy, long atMs) {
    Optional<RunWear> found = runs.running(accuracy.getRun(), catalog.get());
    if (found.isEmpty()) {
      return;
    }
    RunWear run = found.get();
    synchronized (run) {
      run.add(
          accuracy.getScenario(),
          new LifetimeReport.AccuracyPoint(
              accuracy.getIterations(),
              accuracy.getImages(),
              accuracy.getCorrect(),
              accuracy.getLoss()),
          atMs);
    }
    recordSeen(accuracy.getRun(), atMs);
  }

  private void applyWear(Wear wear, long atMs) {
    Optional<RunWear> found = runs.running(wear.getRun(), catalog.get());
    if (found.isEmpty()) {
      return;
    }
    RunWear run = found.get();
    synchronized (run) {
      run.add(WearParts.of(wear), atMs);
    }
    recordSeen(wear.getRun(), atMs);
  }

  private void applyDeadLetter(DeadLetter letter, long atMs) {
    String name = letter.getRun();
    if (name == null) {
      return;
    }
    String place =
        "%s-%d@%d".formatted(letter.getTopic(), letter.getPartition(), letter.getOffset());
    String reason = "read by %s: %s".formatted(letter.getService(), letter.getReason());
    String layer = letter.getLayer();
    runs.follow(name, catalog.get())
        .ifPresent(
            run -> {
              synchronized (run) {
                if (letter.getEndsLayer() && layer != null) {
                  run.endLayer(place, reason, layer, letter.getScenarios());
                } else {
                  run.badRecord(place + ", " + reason);
                }
              }
              recordSeen(name, atMs);
            });
  }
}
