package org.sgsars.producer.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.Topics;
import org.sgsars.service.CommittedOffset;
import org.sgsars.service.KafkaAccess;
import org.sgsars.service.ServiceException;

/**
 * Keeps the producer at most so many iterations ahead of the slowest consumer, by the offsets that
 * the consumers' groups committed, and deletes the records that are done with.
 */
final class LeadGuard implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int LOOKS_PER_LEAD = 4;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final KafkaAccess kafka;
  private final Admin admin;
  private final long maxLead;
  private final Map<TopicPartition, Long> recordsPerIteration = new HashMap<>();
  private final Map<TopicPartition, String> groups = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Long>> lastOffsets = new HashMap<>();
  private long knownDone = -1;
  private long nextLook;

  LeadGuard(KafkaAccess kafka, RunPlan plan, int partitions, long maxLead) {
    this.kafka = kafka;
    this.maxLead = maxLead;
    Topics topics = kafka.topics();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      int partition = Topics.partition(plan.run(), layer, partitions);
      lastOffsets.computeIfAbsent(partition, p -> new TreeMap<>());
      watch(topics.gradients(), partition, "sgs-service", 1);
      watch(topics.updates(), partition, "ars-controller", plan.sparsifiers().size());
      watch(topics.rowWrites(), partition, "crossbar-sim", plan.scenarios().size());
    }
    this.admin = kafka.admin();
    this.nextLook = maxLead;
  }

  private void watch(String topic, int partition, String service, long records) {
    TopicPartition key = new TopicPartition(topic, partition);
    recordsPerIteration.merge(key, records, Long::sum);
    groups.put(key, kafka.group(service));
  }

  /** A gradients record of an iteration has got its offset. From the producer's thread. */
  void sent(int partition, long iteration, long offset) {
    TreeMap<Long, Long> offsets = lastOffsets.get(partition);
    if (offsets != null) {
      synchronized (offsets) {
        offsets.merge(iteration, offset, Math::max);
      }
    }
  }

  /** Waits until an iteration may be sent. */
  void await(long iteration, AtomicBoolean stopping) {
    if (iteration < nextLook) {
      return;
    }
    long failingSince = -1;
    boolean looked = false;
    while ((!looked || iteration - knownDone > maxLead) && !stopping.get()) {
      if (looked || failingSince >= 0) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      try {
        knownDone = look(iteration);
        looked = true;
        failingSince = -1;
      } catch (ExecutionException e) {
        // A broker that is away for a while ends nothing.
        long now = System.nanoTime();
        failingSince = failingSince < 0 ? now : failingSince;
        if (now - failingSince > PATIENCE_NANOS) {
          throw new ServiceException(
              "Kafka does not tell how far the consumers are: " + e.getMessage(), e);
        }
      }
    }
    nextLook =
        iteration
            + Math.max(1, Math.min(maxLead / LOOKS_PER_LEAD, knownDone + maxLead - iteration));
  }

  /** The last iteration that every consumer has behind it, as far as this producer can tell. */
  private long look(long iteration) throws ExecutionException {
    try {
      Map<TopicPartition, OffsetAndMetadata> commits = commits();
      Map<TopicPartition, Long> committed = new HashMap<>();
      commits.forEach((partition, commit) -> committed.put(partition, commit.offset()));
      long done = doneWithGradients(committed, iteration);
      long lag = iterationsLeftDownstream(committed);
      deleteConsumed(commits);
      return Math.min(done, iteration - 1 - lag);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException("Stopped while waiting for the consumers", e);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> commits()
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    for (String group : groups.values().stream().distinct().sorted().toList()) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      offsets.forEach(
          (partition, offset) -> {
            if (offset != null && group.equals(groups.get(partition))) {
              committed.put(partition, offset);
            }
          });
    }
    return committed;
  }

  private long doneWithGradients(Map<TopicPartition, Long> committed, long iteration) {
    long done = iteration - 1;
    for (Map.Entry<Integer, TreeMap<Long, Long>> entry : lastOffsets.entrySet()) {
      TopicPartition partition = new TopicPartition(kafka.topics().gradients(), entry.getKey());
      long position = committed.getOrDefault(partition, 0L);
      TreeMap<Long, Long> offsets = entry.getValue();
      synchronized (offsets) {
        while (!offsets.isEmpty() && offsets.firstEntry().getValue() < position) {
          offsets.pollFirstEntry();
        }
        done = offsets.isEmpty() ? done : Math.min(done, offsets.firstKey() - 1);
      }
    }
    return done;
  }

  private long iterationsLeftDownstream(Map<TopicPartition, Long> committed)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicPartition partition : groups.keySet()) {
      if (!partition.topic().equals(kafka.topics().gradients())) {
        wanted.put(partition, OffsetSpec.latest());
      }
    }
    Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(wanted).all().get();
    long most = 0;
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end : ends.entrySet()) {
      long left = end.getValue().offset() - committed.getOrDefault(end.getKey(), 0L);
      most = Math.max(most, left / recordsPerIteration.getOrDefault(end.getKey(), 1L));
    }
    return most;
  }

  /** Deletes what every service has behind it, and will not need to go back to an older state. */
  private void deleteConsumed(Map<TopicPartition, OffsetAndMetadata> commits) {
    Map<TopicPartition, RecordsToDelete> consumed = new HashMap<>();
    commits.forEach(
        (partition, commit) -> {
          long needed = CommittedOffset.neededFrom(commit);
          if (needed > 0) {
            consumed.put(partition, RecordsToDelete.beforeOffset(needed));
          }
        });
    if (!consumed.isEmpty()) {
      admin.deleteRecords(consumed);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
