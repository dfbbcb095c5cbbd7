package org.sgsars.producer.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Kafka says of the topics and of who reads them. */
interface ConsumerOffsets {
  /** What a group committed; of partitions of which it committed nothing, nothing. */
  Map<TopicPartition, OffsetAndMetadata> commits(String group)
      throws ExecutionException, InterruptedException;

  /** Where partitions end now. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException;

  /** Deletes what stands before some offsets, in the background. */
  void deleteBefore(Map<TopicPartition, Long> offsets);

  /** Asks the cluster. */
  static ConsumerOffsets of(Admin admin) {
    return new Cluster(admin);
  }

  /** A cluster's answers. */
  final class Cluster implements ConsumerOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerOffsets.class);

    private final Admin admin;
    private final AtomicBoolean cannotDelete = new AtomicBoolean();

    private Cluster(Admin admin) {
      this.admin = admin;
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> commits(String group)
        throws ExecutionException, InterruptedException {
      Map<TopicPartition, OffsetAndMetadata> commits =
          new HashMap<>(
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
      commits.values().removeIf(commit -> commit == null);
      return commits;
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
        throws ExecutionException, InterruptedException {
      Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
      partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin
          .listOffsets(wanted)
          .all()
          .get()
          .forEach((partition, found) -> ends.put(partition, found.offset()));
      return ends;
    }

    @Override
    public void deleteBefore(Map<TopicPartition, Long> offsets) {
      Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
      offsets.forEach(
          (partition, offset) -> wanted.put(partition, RecordsToDelete.beforeOffset(offset)));
      admin.deleteRecords(wanted).all().whenComplete((done, failure) -> note(failure));
    }

    /** What is not deleted now is another time; unless it never is, and that is said once. */
    private void note(@Nullable Throwable failure) {
      if (failure != null
          && !Patience.mayGetBetter(failure)
          && cannotDelete.compareAndSet(false, true)) {
        LOG.warn(
            "Records that every service has read cannot be deleted, and fill the broker's disk until their retention is over: {}",
            failure.getMessage());
      }
    }
  }
}
