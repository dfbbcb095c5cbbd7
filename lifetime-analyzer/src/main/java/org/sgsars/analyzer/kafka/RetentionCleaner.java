package org.sgsars.analyzer.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.WriterVersion;
import org.sgsars.wire.RunRetired;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retires runs whose retention is over, and deletes what nobody needs any more. Every analyzer does
 * it; what two do is the same.
 */
final class RetentionCleaner {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionCleaner.class);
  private static final Duration MOST = Duration.ofSeconds(30);
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final int PERIODS_PER_TIME = 4;

  private final PipelineLog log;
  private final Retention.Times times;
  private final Retention retention;
  private final TopicTrimmer trimmer;
  private final long periodNanos;
  private final TimeSource time;
  private long last;
  private boolean failing;
  private boolean clocksDiffer;

  RetentionCleaner(PipelineLog log, Retention.Times times) {
    this.log = log;
    this.time = log.time();
    this.last = time.nanos();
    this.times = times;
    this.retention = new Retention(times);
    this.trimmer = new TopicTrimmer(log);
    Duration fitting = times.finished().dividedBy(PERIODS_PER_TIME);
    Duration period = fitting.compareTo(MOST) > 0 ? MOST : fitting;
    this.periodNanos = (period.compareTo(LEAST) < 0 ? LEAST : period).toNanos();
  }

  Retention retention() {
    return retention;
  }

  /** The time-out of an unfinished run, for people. */
  String unfinishedTimeout() {
    Duration time = times.unfinished();
    return time.toDays() > 0 ? time.toDays() + " days" : time.toSeconds() + " s";
  }

  /** Whether the next pass is due; true once. */
  boolean isTime() {
    long now = time.nanos();
    boolean is = now - last >= periodNanos;
    last = is ? now : last;
    return is;
  }

  /** The runs to retire now. */
  List<String> due(Predicate<String> isDone) {
    long now = time.millis();
    Duration ahead = retention.ahead(now);
    if (ahead.compareTo(Duration.ZERO) > 0 && !clocksDiffer) {
      LOG.warn(
          "Records have times more than {} s in the future of this machine, which has {}: clocks differ by more than sgsars.analyzer.clock-difference, and runs are kept for longer or shorter than they should; set the clocks by NTP",
          ahead.toSeconds(),
          Instant.ofEpochMilli(now));
    }
    clocksDiffer = ahead.compareTo(Duration.ZERO) > 0;
    return retention.due(now, isDone);
  }

  /**
   * Says that runs are retired.
   *
   * @param names without the number of an attempt
   * @param attempts all of these runs
   */
  void retire(List<String> names, List<String> attempts) {
    // First, as a retired run is not due again: what fails here would stay for ever.
    trimmer.deleteGroups(attempts.stream().map(log::sentGroup).toList());
    trimmer.deleteTrainings(attempts);
    try (Producer<String, byte[]> producer = log.producer(Duration.ZERO)) {
      for (String run : names) {
        byte[] value = WireFormat.RUN_RETIRED.encode(new RunRetired(run));
        ProducerRecord<String, byte[]> record =
            new ProducerRecord<>(log.topics().runs(), 0, run, value);
        WriterVersion.mark(record);
        producer.send(record).get();
      }
    } catch (ExecutionException e) {
      throw new ServiceException(
          "Kafka does not take that runs are over: " + FailureReason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for Kafka", e);
    }
  }

  /** Deletes what nobody needs any more. If the broker does not do it, then the next time. */
  void trim() {
    Topics topics = log.topics();
    long now = time.millis();
    long runsFrom = retention.runsFrom(now);
    try {
      trimmer.trim(
          topic -> {
            if (topic.equals(topics.runs())) {
              return runsFrom;
            }
            return topic.equals(topics.deadLetters())
                ? retention.lettersFrom(now)
                : retention.recordsFrom(now);
          });
      retention.evictBefore(runsFrom);
      failing = false;
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      if (!failing) {
        LOG.warn("What no run needs any more cannot be deleted yet: {}", FailureReason.of(e));
      }
      failing = true;
    }
  }
}
