package org.sgsars.analyzer.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.KafkaAccess;

/** Deletes from topics what is older than a time. */
public final class TopicTrimmer {
  private final KafkaAccess kafka;

  public TopicTrimmer(KafkaAccess kafka) {
    this.kafka = kafka;
  }

  /**
   * Deletes the records before the first that is young enough.
   *
   * @param youngFrom by topic, the time from which on records stay, in milliseconds since
   *     1970-01-01 UTC; at least 0, as the broker takes less for something else
   * @throws ExecutionException if the broker does not do it
   */
  public void trim(ToLongFunction<String> youngFrom) throws ExecutionException {
    try (Admin admin = kafka.admin()) {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      Map<TopicPartition, OffsetSpec> youngest = new HashMap<>();
      Map<TopicPartition, OffsetSpec> young = new HashMap<>();
      for (TopicDescription topic :
          admin.describeTopics(kafka.topics().all()).allTopicNames().get().values()) {
        for (TopicPartitionInfo info : topic.partitions()) {
          TopicPartition partition = new TopicPartition(topic.name(), info.partition());
          ends.put(partition, OffsetSpec.latest());
          youngest.put(partition, OffsetSpec.maxTimestamp());
          young.put(partition, OffsetSpec.forTimestamp(youngFrom.applyAsLong(topic.name())));
        }
      }
      // The ends first: what comes after the look is young.
      Map<TopicPartition, ListOffsetsResultInfo> endsNow = admin.listOffsets(ends).all().get();
      Map<TopicPartition, ListOffsetsResultInfo> lastTimes =
          admin.listOffsets(youngest).all().get();
      Map<TopicPartition, ListOffsetsResultInfo> firstYoung = admin.listOffsets(young).all().get();
      Map<TopicPartition, RecordsToDelete> old = new HashMap<>();
      endsNow.forEach(
          (partition, end) -> {
            ListOffsetsResultInfo first = firstYoung.get(partition);
            ListOffsetsResultInfo last = lastTimes.get(partition);
            if (first != null && first.offset() >= 0) {
              old.put(partition, RecordsToDelete.beforeOffset(first.offset()));
            } else if (last != null
                && last.timestamp() < youngFrom.applyAsLong(partition.topic())) {
              old.put(partition, RecordsToDelete.beforeOffset(end.offset()));
            }
            // Else there are young ones, which the broker does not find where it looks first: in a
            // segment whose records are all deleted, and which is still there. Another time.
          });
      admin.deleteRecords(old).all().get();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Deletes consumer groups, if they are there. */
  void deleteGroups(List<String> groups) {
    try (Admin admin = kafka.admin()) {
      admin.deleteConsumerGroups(groups).all().get();
    } catch (ExecutionException e) {
      // Most are gone since their run's end; of the others the broker takes care in time.
      return;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static ServiceException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ServiceException("Stopped while waiting for Kafka", e);
  }
}
