package org.sgsars.log.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.sgsars.log.PartitionOrder;
import org.sgsars.log.TimeSource;

/**
 * A consumer group as its coordinator sees it. When a member comes or goes, all others have to join
 * again at their next poll; when the last has, a new generation begins.
 */
final class Group {
  /** How a member stands with its group. */
  enum Standing {
    /** It is no member, or no longer. */
    UNKNOWN,
    /** It has to join again. */
    REBALANCE,
    /** It has joined, and others have not. */
    JOINED,
    /** A generation has begun that it does not know yet. */
    ASSIGNED,
    STABLE
  }

  private static final class Member {
    private final Signal signal;
    private Assignor.Joining joining;
    private boolean joined;
    private long deadlineNanos;
    private List<TopicPartition> assignment = List.of();

    Member(Signal signal, Assignor.Joining joining) {
      this.signal = signal;
      this.joining = joining;
    }
  }

  private final String name;
  private final MemorySettings settings;
  private final TimeSource time;
  private final Assignor assignor;
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> commits =
      new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
  private int joins;
  private int generation;
  private boolean rebalancing;

  Group(String name, MemorySettings settings, TimeSource time, Assignor assignor) {
    this.name = name;
    this.settings = settings;
    this.time = time;
    this.assignor = assignor;
  }

  String name() {
    return name;
  }

  /** A member shows that it is there. */
  synchronized Standing heartbeat(String id, int knownGeneration) {
    expire();
    Member member = members.get(id);
    if (member == null) {
      return Standing.UNKNOWN;
    }
    member.deadlineNanos = time.nanos() + Deadline.nanos(settings.maxPollInterval());
    if (rebalancing) {
      return member.joined ? Standing.JOINED : Standing.REBALANCE;
    }
    return knownGeneration == generation ? Standing.STABLE : Standing.ASSIGNED;
  }

  /**
   * A member joins, or joins again.
   *
   * @param id empty for a new member
   * @return its id
   */
  synchronized String join(String id, Assignor.Joining joining, Signal signal) {
    expire();
    Member member = members.get(id);
    String joined = id;
    if (member == null) {
      joins++;
      // In the order of joining, by which the assignors go.
      joined = "%s-%06d".formatted(name, joins);
      member = new Member(signal, joining);
      members.put(joined, member);
    }
    member.joining = joining;
    member.deadlineNanos = time.nanos() + Deadline.nanos(settings.maxPollInterval());
    rebalance();
    member.joined = true;
    completeIfAllJoined();
    return joined;
  }

  /** The generation that began last. */
  synchronized int generation() {
    return generation;
  }

  /** What a member has in that generation. */
  synchronized List<TopicPartition> assignment(String id) {
    Member member = members.get(id);
    return member == null ? List.of() : member.assignment;
  }

  /** All members have to join again. */
  synchronized void rebalance() {
    if (!rebalancing && !members.isEmpty()) {
      rebalancing = true;
      members.values().forEach(member -> member.joined = false);
      members.values().forEach(member -> member.signal.raise());
    }
  }

  private void completeIfAllJoined() {
    if (!rebalancing || members.values().stream().anyMatch(member -> !member.joined)) {
      return;
    }
    Map<String, Assignor.Joining> joining = new TreeMap<>();
    members.forEach((id, member) -> joining.put(id, member.joining));
    Map<String, List<TopicPartition>> assigned = assignor.assign(joining);
    members.forEach((id, member) -> member.assignment = assigned.getOrDefault(id, List.of()));
    generation++;
    rebalancing = false;
    members.values().forEach(member -> member.signal.raise());
  }

  /** A member leaves, or is removed. */
  synchronized void remove(String id) {
    if (members.remove(id) != null) {
      membersWent();
    }
  }

  synchronized void removeAll() {
    if (!members.isEmpty()) {
      members.clear();
      membersWent();
    }
  }

  private void membersWent() {
    if (members.isEmpty()) {
      rebalancing = false;
      generation++;
    } else {
      rebalance();
      completeIfAllJoined();
    }
  }

  private void expire() {
    long now = time.nanos();
    if (members.values().removeIf(member -> member.deadlineNanos - now < 0)) {
      membersWent();
    }
  }

  /** From a member nothing more comes, and its session goes on until it times out. */
  synchronized void crash(String id) {
    Member member = members.get(id);
    if (member != null) {
      long end = time.nanos() + Deadline.nanos(settings.sessionTimeout());
      member.deadlineNanos = Math.min(member.deadlineNanos, end);
    }
  }

  synchronized List<String> memberIds() {
    expire();
    return new ArrayList<>(members.keySet());
  }

  /**
   * A member commits.
   *
   * @return whether it is a member, and of this generation
   */
  synchronized boolean commit(
      String id, int ofGeneration, Map<TopicPartition, OffsetAndMetadata> offsets) {
    expire();
    if (!members.containsKey(id) || ofGeneration != generation) {
      return false;
    }
    commits.putAll(offsets);
    return true;
  }

  /**
   * Somebody commits who is no member.
   *
   * @throws UnknownMemberIdException if there are members
   */
  synchronized void commitFromOutside(Map<TopicPartition, OffsetAndMetadata> offsets) {
    expire();
    if (!members.isEmpty()) {
      throw new UnknownMemberIdException(
          "Group %s has %d members, and only they can commit".formatted(name, members.size()));
    }
    commits.putAll(offsets);
  }

  synchronized Map<TopicPartition, OffsetAndMetadata> committed() {
    Map<TopicPartition, OffsetAndMetadata> copy = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
    copy.putAll(commits);
    return copy;
  }

  synchronized Optional<OffsetAndMetadata> committed(TopicPartition partition) {
    return Optional.ofNullable(commits.get(partition));
  }

  /** Whether it ever had a member or a commit since it was deleted. */
  synchronized boolean exists() {
    return !members.isEmpty() || !commits.isEmpty() || generation > 0;
  }

  /**
   * Makes it a group that does not exist. It stays an object that consumers may hold.
   *
   * @throws GroupNotEmptyException if it has members
   */
  synchronized void delete() {
    expire();
    if (!members.isEmpty()) {
      throw new GroupNotEmptyException("Group %s has %d members".formatted(name, members.size()));
    }
    commits.clear();
    generation = 0;
  }

  /** A topic was created or deleted. */
  synchronized void topicChanged(String topic, boolean isDeleted) {
    if (isDeleted) {
      commits.keySet().removeIf(partition -> partition.topic().equals(topic));
    }
    if (members.values().stream().anyMatch(m -> m.joining.topics().contains(topic))) {
      rebalance();
    }
  }
}
