package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What goes wrong in a log in memory, by decree. It draws no random numbers: whoever simulates
 * faults decides. Calls that release something run the callbacks of producers, in the order in
 * which records were sent. For any thread in a log for threads.
 */
public final class Faults {
  private final MemoryLog log;
  private final List<MemoryProducer> producers = new CopyOnWriteArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private volatile Function<ProducerRecord<String, byte[]>, Fate> fates = record -> Fate.DELIVERED;
  private volatile boolean brokersDown;
  private volatile Runnable whenBlocked = () -> {};

  /** Whether {@link #whenBlocked} is under way, in the one thread of a stepped log. */
  private boolean helping;

  Faults(MemoryLog log) {
    this.log = log;
  }

  /** Decides from now on what becomes of each record when it is sent. */
  public void decideFates(Function<ProducerRecord<String, byte[]>, Fate> chooser) {
    fates = chooser;
  }

  /** From now on every record is delivered. What waits still waits. */
  public void deliverAll() {
    fates = record -> Fate.DELIVERED;
  }

  /** How many records wait for {@link #release}. */
  public int waiting() {
    return waitingForRelease().size();
  }

  /** Lets all go on that wait. */
  public void release() {
    release(Integer.MAX_VALUE);
  }

  /**
   * Lets those go on that have waited longest.
   *
   * @param most how many
   */
  public void release(int most) {
    waitingForRelease().stream().limit(most).forEach(Delivery::release);
    advance();
  }

  private List<Delivery> waitingForRelease() {
    List<Delivery> waiting = new ArrayList<>();
    producers.forEach(producer -> producer.collectWaiting(waiting));
    waiting.sort(Comparator.comparingLong(Delivery::number));
    return waiting;
  }

  /**
   * Lets producers notice that records have failed whose delivery timeout is over. Each notices by
   * itself too, when it is called.
   */
  public void advance() {
    producers.forEach(MemoryProducer::advance);
  }

  /**
   * No broker answers from now on: polls give nothing, what is sent waits, and calls fail when
   * their time is over. Sessions of members go on, as they do on a broker that comes back.
   */
  public void stopBrokers() {
    brokersDown = true;
  }

  /** Brokers answer again. */
  public void startBrokers() {
    brokersDown = false;
    advance();
    log.signalAll();
  }

  boolean areBrokersThere() {
    return !brokersDown;
  }

  /** All members of a group have to join again at their next poll. */
  public void rebalance(String group) {
    log.existingGroup(group).ifPresent(Group::rebalance);
  }

  /** The members of a group, in the order in which they joined. */
  public List<String> members(String group) {
    return log.existingGroup(group).map(Group::memberIds).orElse(List.of());
  }

  /** Removes a member from its group as if its session were over. It finds out when it polls. */
  public void expireSession(String group, String member) {
    log.existingGroup(group).ifPresent(of -> of.remove(member));
  }

  /**
   * A member's process is gone: its session goes on until the session timeout, if its consumer is
   * not polled any more.
   */
  public void crash(String group, String member) {
    log.existingGroup(group).ifPresent(of -> of.crash(member));
  }

  /** The same of the process that has this consumer; nothing if it is in no group. */
  public void crash(Consumer<?, ?> consumer) {
    if (consumer instanceof MemoryConsumer<?, ?> own) {
      own.crash();
    }
  }

  /**
   * Deletes the beginning of a partition, as retention does.
   *
   * @param offset of the first record that stays
   */
  public void deleteBefore(TopicPartition partition, long offset) {
    log.partition(partition)
        .orElseThrow(() -> new UnknownTopicOrPartitionException(partition + " does not exist"))
        .deleteBefore(offset);
  }

  /**
   * In a stepped log, what is done once for a call that cannot go on, before it fails: others may
   * work meanwhile, brokers come back, records be released.
   */
  public void whenBlocked(Runnable action) {
    whenBlocked = action;
  }

  void blocked() {
    // Those who work meanwhile may be blocked too, and then nobody is left.
    if (!helping) {
      helping = true;
      try {
        whenBlocked.run();
      } finally {
        helping = false;
      }
    }
  }

  Fate fate(ProducerRecord<String, byte[]> record) {
    return fates.apply(record);
  }

  long nextNumber() {
    return sent.incrementAndGet();
  }

  void add(MemoryProducer producer) {
    producers.add(producer);
  }

  void remove(MemoryProducer producer) {
    producers.remove(producer);
  }

  static TimeoutException undelivered(TopicPartition partition, long afterMs) {
    return new TimeoutException(
        "Expiring 1 record(s) for %s:%d ms has passed since batch creation"
            .formatted(partition, afterMs));
  }
}
