package org.sgsars.analyzer.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogOffset;
import org.sgsars.log.OffsetQuery;
import org.sgsars.log.TopicInfo;
import org.sgsars.service.PipelineLog;

/** Deletes from topics what is older than a time. */
public final class TopicTrimmer {
  private final PipelineLog log;

  public TopicTrimmer(PipelineLog log) {
    this.log = log;
  }

  /**
   * Deletes the records before the first that is young enough.
   *
   * @param youngFrom by topic, the time from which on records stay, in milliseconds since
   *     1970-01-01 UTC; at least 0, as the broker takes less for something else
   * @throws KafkaException if the broker does not do it
   */
  public void trim(ToLongFunction<String> youngFrom) {
    try (LogAdmin admin = log.admin()) {
      Map<TopicPartition, OffsetQuery> ends = new HashMap<>();
      Map<TopicPartition, OffsetQuery> youngest = new HashMap<>();
      Map<TopicPartition, OffsetQuery> young = new HashMap<>();
      for (TopicInfo topic : admin.describeTopics(log.topics().all()).values()) {
        for (int number = 0; number < topic.partitions(); number++) {
          TopicPartition partition = new TopicPartition(topic.name(), number);
          ends.put(partition, OffsetQuery.latest());
          youngest.put(partition, OffsetQuery.maxTimestamp());
          young.put(partition, OffsetQuery.forTimestamp(youngFrom.applyAsLong(topic.name())));
        }
      }
      // The ends first: what comes after the look is young.
      Map<TopicPartition, LogOffset> endsNow = admin.listOffsets(ends);
      Map<TopicPartition, LogOffset> lastTimes = admin.listOffsets(youngest);
      Map<TopicPartition, LogOffset> firstYoung = admin.listOffsets(young);
      Map<TopicPartition, Long> old = new HashMap<>();
      endsNow.forEach(
          (partition, end) -> {
            LogOffset first = firstYoung.get(partition);
            LogOffset last = lastTimes.get(partition);
            if (first != null && first.offset() >= 0) {
              old.put(partition, first.offset());
            } else if (last != null
                && last.timestampMs() < youngFrom.applyAsLong(partition.topic())) {
              old.put(partition, end.offset());
            }
            // Else there are young ones, which the broker does not find where it looks first: in a
            // segment whose records are all deleted, and which is still there. Another time.
          });
      LogAdmin.await(admin.deleteRecords(old));
    }
  }

  /** Deletes what a run's trainings saved, if it is there. */
  void deleteTrainings(List<String> attempts) {
    try (LogAdmin admin = log.admin()) {
      log.deleteSnapshots(admin, log.trainingSnapshots(attempts));
    }
  }

  /** Deletes consumer groups, if they are there. */
  void deleteGroups(List<String> groups) {
    try (LogAdmin admin = log.admin()) {
      admin.deleteGroups(groups);
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      // Most are gone since their run's end; of the others the broker takes care in time.
      return;
    }
  }
}
