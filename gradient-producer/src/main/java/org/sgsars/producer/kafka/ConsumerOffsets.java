package org.sgsars.producer.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.OffsetQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of the topics and of who reads them; what it cannot say, it throws. */
interface ConsumerOffsets {
  /** What a group committed; of partitions of which it committed nothing, nothing. */
  Map<TopicPartition, OffsetAndMetadata> commits(String group);

  /** Where partitions end now. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions);

  /** Deletes what stands before some offsets, in the background. */
  void deleteBefore(Map<TopicPartition, Long> offsets);

  /** Asks the cluster. */
  static ConsumerOffsets of(LogAdmin admin) {
    return new Cluster(admin);
  }

  /** A cluster's answers. */
  final class Cluster implements ConsumerOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerOffsets.class);

    private final LogAdmin admin;
    private final AtomicBoolean cannotDelete = new AtomicBoolean();

    private Cluster(LogAdmin admin) {
      this.admin = admin;
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> commits(String group) {
      return admin.committed(group);
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetQuery> wanted = new HashMap<>();
      partitions.forEach(partition -> wanted.put(partition, OffsetQuery.latest()));
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin.listOffsets(wanted).forEach((partition, found) -> ends.put(partition, found.offset()));
      return ends;
    }

    @Override
    public void deleteBefore(Map<TopicPartition, Long> offsets) {
      admin.deleteRecords(offsets).whenComplete((done, failure) -> warnIfPermanent(failure));
    }

    /** What is not deleted now is deleted another time; if it never can be, one warning says so. */
    private void warnIfPermanent(@Nullable Throwable failure) {
      if (failure != null
          && !ConsumerWait.mayGetBetter(failure)
          && cannotDelete.compareAndSet(false, true)) {
        LOG.warn(
            "Records that every service has read cannot be deleted, and fill the broker's disk until their retention is over: {}",
            failure.getMessage());
      }
    }
  }
}
