package org.sgsars.producer.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.contract.wire.Topics;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunPlan;
import org.sgsars.service.CommittedOffset;
import org.sgsars.service.KafkaAccess;

/**
 * Keeps the producer at most so many iterations ahead of the slowest consumer, by the offsets that
 * the consumers' groups committed, and deletes the records that are done with.
 */
final class LeadGuard {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int LOOKS_PER_LEAD = 4;

  /** The services in the order in which they read. */
  private static final List<String> SERVICES =
      List.of("sgs-service", "ars-controller", "crossbar-sim");

  private final KafkaAccess kafka;
  private final ConsumerOffsets offsets;
  private final WaitClock clock;
  private final Patience patience;
  private final long maxLead;
  private final Map<TopicPartition, Long> recordsPerIteration = new HashMap<>();
  private final Map<TopicPartition, String> groups = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Long>> lastOffsets = new HashMap<>();
  private final Map<Integer, Long> lastAcknowledged = new HashMap<>();
  private final LongConsumer acknowledgements;

  /** Before this iteration, gradients that were sent before the start may be left, too. */
  private final long earlierUntil;

  private long nextLook;

  /**
   * @param from the first iteration that is sent
   * @param acknowledgements is told now and then how many iterations Kafka has
   * @param said takes what is to be said to people
   */
  LeadGuard(
      KafkaAccess kafka,
      ConsumerOffsets offsets,
      RunPlan plan,
      int partitions,
      long maxLead,
      long from,
      LongConsumer acknowledgements,
      WaitClock clock,
      Consumer<String> said) {
    this.kafka = kafka;
    this.offsets = offsets;
    this.maxLead = maxLead;
    this.acknowledgements = acknowledgements;
    this.clock = clock;
    this.patience = new Patience(clock, said);
    Topics topics = kafka.topics();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      int partition = Topics.partition(plan.run(), layer, partitions);
      lastOffsets.computeIfAbsent(partition, p -> new TreeMap<>());
      lastAcknowledged.put(partition, from);
      watch(topics.gradients(), partition, SERVICES.get(0), 1);
      watch(topics.updates(), partition, SERVICES.get(1), plan.sparsifiers().size());
      watch(topics.rowWrites(), partition, SERVICES.get(2), plan.scenarios().size());
    }
    this.nextLook = from == 0 ? maxLead : from;
    this.earlierUntil = from == 0 ? 0 : from + maxLead;
  }

  private void watch(String topic, int partition, String service, long records) {
    TopicPartition key = new TopicPartition(topic, partition);
    recordsPerIteration.merge(key, records, Long::sum);
    groups.put(key, kafka.group(service));
  }

  /** A gradients record of an iteration has got its offset. From the producer's thread. */
  void sent(int partition, long iteration, long offset) {
    TreeMap<Long, Long> sent = lastOffsets.get(partition);
    if (sent != null) {
      synchronized (sent) {
        sent.merge(iteration, offset, Math::max);
        lastAcknowledged.merge(partition, iteration, Math::max);
      }
    }
  }

  /**
   * Iterations whose gradients are acknowledged to the last: within a partition they are in order.
   */
  long acknowledged() {
    long least = Long.MAX_VALUE;
    for (Map.Entry<Integer, TreeMap<Long, Long>> entry : lastOffsets.entrySet()) {
      synchronized (entry.getValue()) {
        least = Math.min(least, lastAcknowledged.getOrDefault(entry.getKey(), 0L));
      }
    }
    return least;
  }

  /** Waits until an iteration may be sent, or until it is to stop. */
  void await(long iteration, BooleanSupplier stopping) {
    if (iteration < nextLook) {
      return;
    }
    AtomicLong done = new AtomicLong();
    await(
        committed -> {
          long left = iterationsLeft(committed, iteration < earlierUntil);
          done.set(Math.min(doneWithGradients(committed, iteration), iteration - 1 - left));
          return iteration - done.get() <= maxLead;
        },
        stopping);
    nextLook =
        iteration
            + Math.max(1, Math.min(maxLead / LOOKS_PER_LEAD, done.get() + maxLead - iteration));
  }

  /**
   * Waits until every service has the whole run behind it, or until it is to stop. What a service
   * commits, its output is acknowledged for: so what follows from the gradients is in the next
   * topic when they are committed, and other runs' records behind it need not be waited for.
   */
  void awaitAll(long iterations, BooleanSupplier stopping) {
    await(committed -> doneWithGradients(committed, iterations) == iterations - 1, stopping);
    for (String topic : List.of(kafka.topics().updates(), kafka.topics().rowWrites())) {
      Map<TopicPartition, Long> ends = new HashMap<>();
      await(
          committed -> {
            if (ends.isEmpty()) {
              ends.putAll(ends(topic));
            }
            return ends.entrySet().stream()
                .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
          },
          stopping);
    }
  }

  /** Looks at how far the consumers are. */
  @FunctionalInterface
  private interface Look {
    /** Whether that is far enough. */
    boolean isEnough(Map<TopicPartition, Long> committed)
        throws ExecutionException, InterruptedException;
  }

  private void await(Look look, BooleanSupplier stopping) {
    patience.begin();
    while (!stopping.getAsBoolean()) {
      try {
        Map<TopicPartition, Long> committed = committed();
        boolean isEnough = look.isEnough(committed);
        long sum = committed.values().stream().mapToLong(offset -> offset).sum();
        if (isEnough) {
          return;
        }
        if (patience.answered(sum)) {
          patience.quiet(idle(committed));
        }
      } catch (ExecutionException e) {
        patience.failed(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ServiceException("Stopped while waiting for the consumers", e);
      }
      clock.pause(LOOK_NANOS);
    }
  }

  /** Which service has records before it and reads none, the first in their order. */
  private String idle(Map<TopicPartition, Long> committed)
      throws ExecutionException, InterruptedException {
    for (String service : SERVICES) {
      String group = kafka.group(service);
      List<TopicPartition> read =
          groups.keySet().stream().filter(p -> group.equals(groups.get(p))).toList();
      long unread = 0;
      for (Map.Entry<TopicPartition, Long> end : offsets.ends(read).entrySet()) {
        unread += Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L));
      }
      if (unread > 0) {
        return "%d records of %s wait for the group '%s', which %s; is a %s running, on this broker and with this topic prefix?"
            .formatted(
                unread,
                read.get(0).topic(),
                group,
                read.stream().anyMatch(committed::containsKey)
                    ? "has stopped reading"
                    : "has read nothing yet",
                service);
      }
    }
    return "no records wait for any service";
  }

  /** What the consumers committed. What they all have behind them for good is deleted. */
  private Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> commits = commits();
    Map<TopicPartition, Long> committed = new HashMap<>();
    commits.forEach((partition, commit) -> committed.put(partition, commit.offset()));
    deleteConsumed(commits);
    acknowledgements.accept(acknowledged());
    return committed;
  }

  private Map<TopicPartition, OffsetAndMetadata> commits()
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    for (String group : groups.values().stream().distinct().sorted().toList()) {
      offsets
          .commits(group)
          .forEach(
              (partition, offset) -> {
                if (group.equals(groups.get(partition))) {
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
      TreeMap<Long, Long> sent = entry.getValue();
      synchronized (sent) {
        while (!sent.isEmpty() && sent.firstEntry().getValue() < position) {
          sent.pollFirstEntry();
        }
        // What is on its way is not done with, though it has no offset yet.
        long behind =
            sent.isEmpty()
                ? lastAcknowledged.getOrDefault(entry.getKey(), 0L)
                : sent.firstKey() - 1;
        done = Math.min(done, behind);
      }
    }
    return done;
  }

  /**
   * Iterations that are still on the topics behind the sgs-service, or its own too; of layers in
   * chunks these seem more than they are.
   */
  private long iterationsLeft(Map<TopicPartition, Long> committed, boolean withGradients)
      throws ExecutionException, InterruptedException {
    long most = 0;
    List<String> topics = new ArrayList<>();
    topics.add(kafka.topics().updates());
    topics.add(kafka.topics().rowWrites());
    if (withGradients) {
      topics.add(kafka.topics().gradients());
    }
    for (String topic : topics) {
      for (Map.Entry<TopicPartition, Long> end : ends(topic).entrySet()) {
        long left = end.getValue() - committed.getOrDefault(end.getKey(), 0L);
        most = Math.max(most, left / recordsPerIteration.getOrDefault(end.getKey(), 1L));
      }
    }
    return most;
  }

  /** Where a topic's partitions that this run uses end now. */
  private Map<TopicPartition, Long> ends(String topic)
      throws ExecutionException, InterruptedException {
    return offsets.ends(
        groups.keySet().stream().filter(partition -> partition.topic().equals(topic)).toList());
  }

  /** Deletes what every service has behind it, and will not need to go back to an older state. */
  private void deleteConsumed(Map<TopicPartition, OffsetAndMetadata> commits) {
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
