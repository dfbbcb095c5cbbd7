package org.sgsars.producer.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.service.CommittedOffset;

/** Records that their service has behind it, and will not need to go back to an older state. */
final class ConsumedRecords {
  private ConsumedRecords() {}

  /**
   * Deletes them, in the background.
   *
   * @param commits of the only service that reads each partition
   */
  static void delete(ConsumerOffsets offsets, Map<TopicPartition, OffsetAndMetadata> commits) {
    Map<TopicPartition, Long> consumed = new HashMap<>();
    commits.forEach(
        (partition, commit) -> {
          long needed = CommittedOffset.neededFrom(commit);
          if (needed > 0) {
            consumed.put(partition, needed);
          }
        });
    if (!consumed.isEmpty()) {
      offsets.deleteBefore(consumed);
    }
  }
}
