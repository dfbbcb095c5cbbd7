package org.sgsars.producer.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.sgsars.contract.wire.Topics;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.model.RunPlan;
import org.sgsars.service.PipelineLog;

/**
 * Keeps the producer at most so many iterations ahead of the slowest consumer, by the offsets that
 * the consumers' groups committed, and deletes the records that are done with.
 */
final class LeadGuard {
  /** Stores how many iterations of an attempt are acknowledged, for its producer's restart. */
  interface ProgressStore {
    /** Saves how many iterations Kafka has acknowledged, now or later. */
    void save(long iterations);

    /** The same; waits until it is saved. */
    void saveNow(long iterations);

    /** How many iterations are saved as acknowledged. */
    long saved();
  }

  /**
   * Where an attempt resumes.
   *
   * @param from the first iteration that is sent
   * @param sentBefore iterations below this may have been sent before a restart, perhaps of some
   *     layers only
   */
  record Start(long from, long sentBefore) {
    static final Start BEGINNING = new Start(0, 0);

    /**
     * After a restart. No iteration is sent that is more than two leads past the noted ones.
     *
     * @param noted how many iterations were noted
     */
    static Start restarted(long from, long noted, long maxLead) {
      return new Start(from, Math.max(from, noted) + 2 * maxLead);
    }
  }

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CHECKS_PER_LEAD = 4;

  /** The services in the order in which they read. */
  static final List<String> SERVICES = List.of("sgs-service", "ars-controller", "crossbar-sim");

  private final PipelineLog log;
  private final ConsumerOffsets offsets;
  private final TimeSource time;
  private final ConsumerWait wait;
  private final long maxLead;
  private final Map<TopicPartition, Long> recordsPerIteration = new HashMap<>();
  private final Map<TopicPartition, String> groups = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Long>> lastOffsets = new HashMap<>();
  private final Map<Integer, Long> lastAcknowledged = new HashMap<>();
  private final ProgressStore progress;

  /**
   * Before this iteration, what waits behind the sgs-service may wait for gradients that were sent
   * before the start of other layers, and not of these: tiles change crossbars in rounds of all
   * layers. So it is not waited for.
   */
  private final long sentBefore;

  private long nextCheck;

  /** Whether something is waited for, and when to look at it next. */
  private boolean waits;

  private long checkAt;

  /** The last iteration that every service had behind it at the last look. */
  private long done;

  /** How far it is known that every service has the whole run behind it. */
  private boolean gradientsDone;

  private int topicsDone;
  private final Map<TopicPartition, Long> endsThen = new HashMap<>();

  /**
   * @param layers of which it knows what it sent; others of the run are no concern of it
   * @param progress takes how many iterations Kafka has
   * @param messages receives messages for people
   */
  LeadGuard(
      PipelineLog log,
      ConsumerOffsets offsets,
      SentLayers layers,
      long maxLead,
      Start start,
      ProgressStore progress,
      TimeSource time,
      Consumer<String> messages) {
    this.log = log;
    this.offsets = offsets;
    this.maxLead = maxLead;
    this.progress = progress;
    this.time = time;
    this.wait = new ConsumerWait(time, messages);
    Topics topics = log.topics();
    RunPlan plan = layers.attempt();
    for (int layer : layers.indices()) {
      int partition = layers.partition(layer);
      lastOffsets.computeIfAbsent(partition, p -> new TreeMap<>());
      lastAcknowledged.put(partition, start.from());
      watch(topics.gradients(), partition, SERVICES.get(0), 1);
      watch(topics.updates(), partition, SERVICES.get(1), plan.sparsifiersOf(layer).size());
      watch(topics.rowWrites(), partition, SERVICES.get(2), onCrossbars(plan, layer));
    }
    this.nextCheck = start.from() == 0 ? maxLead : start.from();
    this.sentBefore = start.sentBefore();
  }

  private static long onCrossbars(RunPlan plan, int layer) {
    return plan.scenarios().stream().filter(scenario -> !scenario.isDigital(layer)).count();
  }

  private void watch(String topic, int partition, String service, long records) {
    if (records == 0) {
      // Of a layer that is digital everywhere nothing comes.
      return;
    }
    TopicPartition key = new TopicPartition(topic, partition);
    recordsPerIteration.merge(key, records, Long::sum);
    groups.put(key, log.group(service));
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

  /** Whether an iteration may be sent by now. */
  boolean maySend(long iteration) {
    if (iteration < nextCheck) {
      return true;
    }
    boolean isEnough =
        check(
            committed -> {
              long left = iterationsLeft(committed, waitedFor(iteration));
              done = Math.min(doneWithGradients(committed, iteration), iteration - 1 - left);
              boolean fits = iteration - done <= maxLead;
              if (fits) {
                saveIfFar(iteration);
              }
              return fits;
            });
    if (isEnough) {
      nextCheck =
          iteration + Math.max(1, Math.min(maxLead / CHECKS_PER_LEAD, done + maxLead - iteration));
    }
    return isEnough;
  }

  /** Keeps what {@link Start#restarted} goes by, for the iterations until the next check. */
  private void saveIfFar(long iteration) {
    if (iteration + maxLead > progress.saved() + 2 * maxLead) {
      progress.saveNow(acknowledged());
    }
  }

  /**
   * Whether every service has the whole run behind it by now. What a service commits, its output is
   * acknowledged for: so what follows from the gradients is in the next topic when they are
   * committed, and other runs' records behind it need not be waited for.
   */
  boolean isAllDone(long iterations) {
    if (!gradientsDone) {
      gradientsDone =
          check(committed -> doneWithGradients(committed, iterations) == iterations - 1);
    }
    List<String> behind = List.of(log.topics().updates(), log.topics().rowWrites());
    while (gradientsDone && topicsDone < behind.size()) {
      String topic = behind.get(topicsDone);
      if (!check(committed -> isReadToItsEnd(topic, committed))) {
        return false;
      }
      endsThen.clear();
      topicsDone++;
    }
    return gradientsDone;
  }

  /** To where it ended at the first look. */
  private boolean isReadToItsEnd(String topic, Map<TopicPartition, Long> committed) {
    if (endsThen.isEmpty()) {
      endsThen.putAll(ends(topic));
    }
    return endsThen.entrySet().stream()
        .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  /**
   * Checks the consumers' offsets, at most once per poll interval.
   *
   * @param condition whether that is far enough
   * @return false also if the last check was a moment ago
   */
  private boolean check(Predicate<Map<TopicPartition, Long>> condition) {
    if (!waits) {
      wait.restart();
      waits = true;
      checkAt = time.nanos();
    }
    if (time.nanos() - checkAt < 0) {
      return false;
    }
    checkAt = time.nanos() + POLL_NANOS;
    try {
      Map<TopicPartition, Long> committed = committed();
      boolean isEnough = condition.test(committed);
      long sum = committed.values().stream().mapToLong(offset -> offset).sum();
      if (isEnough) {
        waits = false;
      } else if (wait.answered(sum)) {
        wait.warnIdle(idle(committed));
      }
      return isEnough;
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for the consumers", e);
    } catch (KafkaException e) {
      wait.failed(e);
      return false;
    }
  }

  /** Which service has records before it and reads none, the first in their order. */
  private String idle(Map<TopicPartition, Long> committed) {
    for (String service : SERVICES) {
      String group = log.group(service);
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
  private Map<TopicPartition, Long> committed() {
    Map<TopicPartition, OffsetAndMetadata> commits = commits();
    Map<TopicPartition, Long> committed = new HashMap<>();
    commits.forEach((partition, commit) -> committed.put(partition, commit.offset()));
    ConsumedRecords.delete(offsets, commits);
    progress.save(acknowledged());
    return committed;
  }

  private Map<TopicPartition, OffsetAndMetadata> commits() {
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
      TopicPartition partition = new TopicPartition(log.topics().gradients(), entry.getKey());
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

  /** The topics on which nothing may be left that is more than the lead behind an iteration. */
  private List<String> waitedFor(long iteration) {
    // Gradients that this producer sent itself it knows by their offsets.
    return iteration < sentBefore
        ? List.of(log.topics().gradients())
        : List.of(log.topics().updates(), log.topics().rowWrites());
  }

  /** Iterations that are still on topics; of layers in chunks these seem more than they are. */
  private long iterationsLeft(Map<TopicPartition, Long> committed, List<String> topics) {
    long most = 0;
    for (String topic : topics) {
      for (Map.Entry<TopicPartition, Long> end : ends(topic).entrySet()) {
        long left = end.getValue() - committed.getOrDefault(end.getKey(), 0L);
        most = Math.max(most, left / recordsPerIteration.getOrDefault(end.getKey(), 1L));
      }
    }
    return most;
  }

  /** Where a topic's partitions that this run uses end now. */
  private Map<TopicPartition, Long> ends(String topic) {
    return offsets.ends(
        groups.keySet().stream().filter(partition -> partition.topic().equals(topic)).toList());
  }
}
