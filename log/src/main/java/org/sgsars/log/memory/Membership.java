package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.sgsars.log.PartitionOrder;

/**
 * A consumer's side of its group: joins, applies its assignment, and notifies its listener. For one
 * thread.
 */
final class Membership {
  private static final int NO_GENERATION = -1;
  private static final String NO_MEMBER = "";

  private enum Phase {
    OUTSIDE,
    JOINING,
    STABLE
  }

  private final Group group;
  private final boolean cooperative;
  private final Positions positions;
  private final Signal signal;
  private final List<String> topics;
  private final ConsumerRebalanceListener listener;

  private String id = NO_MEMBER;
  private int generation = NO_GENERATION;
  private Phase phase = Phase.OUTSIDE;
  private boolean wantsRebalance;

  /** Whether the listener threw when it was notified of a generation; it is notified again. */
  private boolean completing;

  private @Nullable Exception failure;

  /**
   * @param topics that are subscribed to
   * @param listener is called in {@link #poll} and {@link #leave}
   */
  Membership(
      Group group,
      boolean cooperative,
      Positions positions,
      Signal signal,
      Collection<String> topics,
      ConsumerRebalanceListener listener) {
    this.group = group;
    this.cooperative = cooperative;
    this.positions = positions;
    this.signal = signal;
    this.topics = List.copyOf(new TreeSet<>(topics));
    this.listener = listener;
  }

  /** The same member with another subscription, which its group learns at the next poll. */
  Membership with(Collection<String> otherTopics, ConsumerRebalanceListener otherListener) {
    Membership other =
        new Membership(group, cooperative, positions, signal, otherTopics, otherListener);
    other.id = id;
    other.generation = generation;
    other.phase = phase;
    other.completing = completing;
    other.wantsRebalance = !other.topics.equals(topics);
    return other;
  }

  List<String> topics() {
    return topics;
  }

  /** Empty until it has joined. */
  String memberId() {
    return id;
  }

  int generation() {
    return generation;
  }

  void requestRebalance() {
    wantsRebalance = true;
  }

  /**
   * Does what the group waits for.
   *
   * @throws KafkaException if the listener throws; the rebalance is done nevertheless
   */
  void poll() {
    while (advance()) {
      throwFailure();
    }
  }

  /** Whether there may be more to do at once. */
  private boolean advance() {
    switch (group.heartbeat(id, generation)) {
      case UNKNOWN -> {
        reset();
        join();
        return true;
      }
      case REBALANCE -> {
        join();
        return true;
      }
      case ASSIGNED -> {
        applyGeneration();
        return true;
      }
      case STABLE -> {
        if (!wantsRebalance && !completing) {
          return false;
        }
        if (completing) {
          applyGeneration();
        } else {
          join();
        }
        return true;
      }
      case JOINED -> {
        return false;
      }
    }
    return false;
  }

  /** It is no member any more. */
  private void reset() {
    id = NO_MEMBER;
    generation = NO_GENERATION;
    phase = Phase.OUTSIDE;
    completing = false;
  }

  private void join() {
    wantsRebalance = false;
    completing = false;
    if (phase != Phase.JOINING) {
      try {
        prepare();
      } finally {
        phase = Phase.JOINING;
      }
    }
    Assignor.Joining joining =
        new Assignor.Joining(
            topics, List.copyOf(positions.assignment()), cooperative ? generation : NO_GENERATION);
    id = group.join(id, joining, signal);
  }

  /** Gives up what it has to before it joins. */
  private void prepare() {
    Set<TopicPartition> owned = positions.assignment();
    if (generation == NO_GENERATION) {
      if (!owned.isEmpty()) {
        call(() -> listener.onPartitionsLost(owned));
        positions.assign(List.of());
      }
    } else if (!cooperative) {
      call(() -> listener.onPartitionsRevoked(owned));
      positions.assign(List.of());
    } else {
      List<TopicPartition> dropped =
          owned.stream().filter(partition -> !topics.contains(partition.topic())).toList();
      if (!dropped.isEmpty()) {
        call(() -> listener.onPartitionsRevoked(dropped));
        owned.removeAll(dropped);
        positions.assign(owned);
      }
    }
  }

  /** Applies the assignment of the new generation. */
  private void applyGeneration() {
    generation = group.generation();
    phase = Phase.STABLE;
    completing = true;
    Set<TopicPartition> assigned = new TreeSet<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    assigned.addAll(group.assignment(id));
    Set<TopicPartition> owned = positions.assignment();
    List<TopicPartition> added = new ArrayList<>(assigned);
    added.removeAll(owned);
    owned.removeAll(assigned);
    if (!owned.isEmpty()) {
      call(() -> listener.onPartitionsRevoked(owned));
      // Only now can others have them.
      wantsRebalance = true;
    }
    positions.assign(assigned);
    call(() -> listener.onPartitionsAssigned(added));
    completing = failure != null;
  }

  /**
   * Leaves the group.
   *
   * @param isReachable whether the group can be notified; else the session times out
   */
  void leave(boolean isReachable) {
    if (isReachable && group.heartbeat(id, generation) == Group.Standing.UNKNOWN) {
      reset();
    }
    Set<TopicPartition> owned = positions.assignment();
    if (!owned.isEmpty()) {
      if (phase == Phase.STABLE) {
        call(() -> listener.onPartitionsRevoked(owned));
      } else {
        call(() -> listener.onPartitionsLost(owned));
      }
      positions.assign(List.of());
    }
    if (isReachable) {
      group.remove(id);
    } else {
      group.crash(id);
    }
    reset();
    throwFailure();
  }

  /**
   * Commits.
   *
   * @throws CommitFailedException if it is no member, or no longer
   * @throws RebalanceInProgressException if it has joined and not polled since
   */
  void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    switch (phase) {
      case OUTSIDE ->
          throw new CommitFailedException(
              "Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.");
      case JOINING ->
          throw new RebalanceInProgressException(
              "Offset commit cannot be completed since the consumer is undergoing a rebalance for auto partition assignment. You can try completing the rebalance by calling poll() and then retry the operation.");
      case STABLE -> {
        if (!group.commit(id, generation, offsets)) {
          reset();
          throw new CommitFailedException();
        }
      }
    }
  }

  private void call(Runnable callback) {
    try {
      callback.run();
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      failure = failure == null ? e : failure;
    }
  }

  private void throwFailure() {
    Exception thrown = failure;
    failure = null;
    if (thrown instanceof KafkaException kafka) {
      throw kafka;
    }
    if (thrown != null) {
      throw new KafkaException("User rebalance callback throws an error", thrown);
    }
  }
}
