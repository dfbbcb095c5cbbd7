package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Groups: who gets which partitions, and what rebalance listeners are told, in which order. */
abstract class GroupsContract extends CommitsContract {
  /** Which of two members got the first partitions, as that is nobody's to say. */
  private static List<Member> byPartitions(Member... members) {
    return Stream.of(members)
        .sorted(java.util.Comparator.comparing(member -> member.partitions().get(0)))
        .toList();
  }

  @Test
  void eager_firstMember_isAssignedAllAndNothingIsRevoked() {
    String topic = newTopic(3);
    Member member = member(Kind.EAGER, newName(), topic);

    pollUntilEachHas(3, member);

    assertThat(member.events).containsExactly("assigned [0, 1, 2]");
  }

  @Test
  void eager_secondMember_allIsRevokedAndDividedByRanges() {
    String topic = newTopic(4);
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    pollUntilEachHas(4, first);

    Member second = member(Kind.EAGER, group, topic);
    pollUntilEachHas(2, first, second);

    List<Member> inOrder = byPartitions(first, second);
    assertThat(inOrder.get(0).partitions()).containsExactly(0, 1);
    assertThat(inOrder.get(1).partitions()).containsExactly(2, 3);
    assertThat(first.events)
        .containsExactly(
            "assigned [0, 1, 2, 3]", "revoked [0, 1, 2, 3]", "assigned " + first.partitions());
    assertThat(second.events).containsExactly("assigned " + second.partitions());
  }

  @Test
  void eager_threeMembers_theFirstRangesAreLonger() {
    String topic = newTopic(4);
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    Member second = member(Kind.EAGER, group, topic);
    Member third = member(Kind.EAGER, group, topic);

    pollUntil(
        "all divided among three",
        () ->
            Stream.of(first, second, third).allMatch(member -> !member.partitions().isEmpty())
                && Stream.of(first, second, third)
                        .mapToInt(member -> member.partitions().size())
                        .sum()
                    == 4,
        first,
        second,
        third);

    assertThat(byPartitions(first, second, third))
        .extracting(Member::partitions)
        .containsExactly(List.of(0, 1), List.of(2), List.of(3));
  }

  /** It is told of nothing too. */
  @Test
  void eager_moreMembersThanPartitions_oneIsAssignedAndRevokedNothing() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member first = member(Kind.EAGER, group, partition.topic());
    Member second = member(Kind.EAGER, group, partition.topic());
    pollUntil(
        "a member with nothing",
        () ->
            (first.events.contains("assigned []") && second.partitions().size() == 1)
                || (second.events.contains("assigned []") && first.partitions().size() == 1),
        first,
        second);
    Member idle = first.partitions().isEmpty() ? first : second;
    Member busy = idle == first ? second : first;
    idle.events.clear();

    busy.close();
    pollUntilEachHas(1, idle);

    assertThat(idle.events).containsExactly("revoked []", "assigned [0]");
  }

  @Test
  void eager_memberLeavesByClose_isRevokedAllAndTheOtherGetsIt() {
    String topic = newTopic(2);
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    Member second = member(Kind.EAGER, group, topic);
    pollUntilEachHas(1, first, second);
    List<Integer> left = second.partitions();
    List<Integer> had = first.partitions();
    first.events.clear();
    second.events.clear();

    second.close();
    pollUntilEachHas(2, first);

    assertThat(second.events).containsExactly("revoked " + left);
    assertThat(first.events).containsExactly("revoked " + had, "assigned [0, 1]");
  }

  @Test
  void unsubscribe_isRevokedAll() {
    String topic = newTopic(2);
    Member member = member(Kind.EAGER, newName(), topic);
    pollUntilEachHas(2, member);

    member.consumer.unsubscribe();

    assertThat(member.events).containsExactly("assigned [0, 1]", "revoked [0, 1]");
    assertThat(member.consumer.assignment()).isEmpty();
    assertThat(member.consumer.subscription()).isEmpty();
  }

  @Test
  void cooperative_secondMember_onlyWhatMovesIsRevoked() {
    String topic = newTopic(Kind.COOPERATIVE, 4, Map.of());
    String group = newName();
    Member first = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(4, first);

    Member second = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(2, first, second);
    pollUntil("the last assignment", () -> first.events.size() == 4, first, second);

    assertThat(first.events)
        .containsExactly(
            "assigned [0, 1, 2, 3]",
            "revoked " + second.partitions(),
            "assigned []",
            "assigned []");
    // It may see the generation before or not, in which it has nothing.
    assertThat(second.events).endsWith("assigned " + second.partitions());
    assertThat(second.events.subList(0, second.events.size() - 1)).allMatch("assigned []"::equals);
  }

  @Test
  void cooperative_threeMembers_eachHasItsShare() {
    String topic = newTopic(Kind.COOPERATIVE, 3, Map.of());
    String group = newName();
    Member first = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(3, first);
    Member second = member(Kind.COOPERATIVE, group, topic);
    Member third = member(Kind.COOPERATIVE, group, topic);

    pollUntilEachHas(1, first, second, third);

    assertThat(
            Stream.of(first, second, third)
                .flatMap(member -> member.partitions().stream())
                .toList())
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(first.events).noneMatch(event -> event.startsWith("lost"));
  }

  @Test
  void cooperative_memberLeaves_theOtherIsAssignedOnlyWhatItGets() {
    String topic = newTopic(Kind.COOPERATIVE, 2, Map.of());
    String group = newName();
    Member first = member(Kind.COOPERATIVE, group, topic);
    Member second = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(1, first, second);
    List<Integer> left = second.partitions();
    second.close();
    first.events.clear();

    pollUntilEachHas(2, first);

    assertThat(first.events).contains("assigned " + left);
    assertThat(first.events).noneMatch(event -> event.startsWith("revoked"));
  }

  @Test
  void cooperative_whatStays_keepsPositionAndPause() {
    String topic = newTopic(Kind.COOPERATIVE, 2, Map.of());
    String group = newName();
    Member first = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(2, first);
    List<TopicPartition> both = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
    both.forEach(partition -> send(Kind.COOPERATIVE, partition, "a"));
    pollUntil("2 values", () -> first.values.size() == 2, first);
    first.consumer.pause(both);

    Member second = member(Kind.COOPERATIVE, group, topic);
    pollUntilEachHas(1, first, second);

    TopicPartition stays = new TopicPartition(topic, first.partitions().get(0));
    assertThat(first.consumer.position(stays)).isEqualTo(1);
    assertThat(first.consumer.paused()).containsExactly(stays);
    assertThat(second.consumer.paused()).isEmpty();
  }

  /** What stays with a member was revoked in between. */
  @Test
  void eager_whatStays_isReadFromTheCommitAndNotPaused() {
    String topic = newTopic(1);
    TopicPartition partition = new TopicPartition(topic, 0);
    String group = newName();
    Member member = member(Kind.EAGER, group, topic);
    pollUntilEachHas(1, member);
    send(partition, "a", "b");
    pollUntil("2 values", () -> member.values.size() == 2, member);
    member.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
    member.consumer.pause(List.of(partition));

    member.consumer.enforceRebalance();
    pollUntil("a value again", () -> member.values.size() == 3, member);

    assertThat(member.values).containsExactly("a", "b", "b");
    assertThat(member.consumer.paused()).isEmpty();
    assertThat(member.events).containsExactly("assigned [0]", "revoked [0]", "assigned [0]");
  }

  @Test
  void onPartitionsAssigned_seeks_readingBeginsThere() {
    String topic = newTopic(1);
    send(new TopicPartition(topic, 0), "a", "b", "c");
    Member member = member(Kind.EAGER, newName(), topic);
    member.onAssigned =
        partitions -> partitions.forEach(partition -> member.consumer.seek(partition, 2));

    pollUntil("a value", () -> !member.values.isEmpty(), member);

    assertThat(member.values).containsExactly("c");
  }

  @Test
  void onPartitionsAssigned_asksForOffsets_isAnswered() {
    String topic = newTopic(1);
    TopicPartition partition = new TopicPartition(topic, 0);
    send(partition, "a", "b");
    Member member = member(Kind.EAGER, newName(), topic);
    member.onAssigned =
        partitions -> {
          member.events.add("begins " + member.consumer.beginningOffsets(partitions));
          member.events.add("is at " + member.consumer.position(partition));
        };

    pollUntilEachHas(1, member);

    assertThat(member.events)
        .containsExactly("assigned [0]", "begins {%s=0}".formatted(partition), "is at 0");
  }

  @Test
  void onPartitionsRevoked_commits_theNextOwnerGoesOnThere() {
    String topic = newTopic(1);
    TopicPartition partition = new TopicPartition(topic, 0);
    send(partition, "a", "b");
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    first.onRevoked =
        partitions ->
            first.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "done")));
    pollUntil("2 values", () -> first.values.size() == 2, first);

    first.close();
    Member second = member(Kind.EAGER, group, topic);
    pollUntil("a value", () -> !second.values.isEmpty(), second);

    assertThat(second.values).containsExactly("b");
  }

  /** Of a rebalance, not of a close. */
  @Test
  void onPartitionsRevoked_whenAnotherJoins_mayCommit() {
    String topic = newTopic(1);
    TopicPartition partition = new TopicPartition(topic, 0);
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    pollUntilEachHas(1, first);
    first.onRevoked =
        partitions -> first.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(9)));

    Member second = member(Kind.EAGER, group, topic);
    pollUntil("a revocation", () -> first.events.contains("revoked [0]"), second, first);

    assertThat(admin().committed(group)).containsEntry(partition, new OffsetAndMetadata(9));
  }

  /** Its last call is repeated at the next poll, now with nothing that is new. */
  @Test
  void listener_throws_pollSaysSoAndTheConsumerGoesOn() {
    String topic = newTopic(1);
    send(new TopicPartition(topic, 0), "a");
    Member member = member(Kind.EAGER, newName(), topic);
    IllegalStateException thrown = new IllegalStateException("not now");
    member.onAssigned =
        partitions -> {
          if (!partitions.isEmpty()) {
            throw thrown;
          }
        };

    assertThatThrownBy(() -> pollUntilEachHas(1, member))
        .isInstanceOf(KafkaException.class)
        .hasCause(thrown);
    pollUntil("a value", () -> !member.values.isEmpty(), member);

    assertThat(member.values).containsExactly("a");
    assertThat(member.events).containsExactly("assigned [0]", "assigned []");
  }

  @Test
  void silentMember_isRemovedAndItsCommitsFail() {
    String topic = newTopic(Kind.IMPATIENT, 1, Map.of());
    TopicPartition partition = new TopicPartition(topic, 0);
    String group = newName();
    Member silent = member(Kind.IMPATIENT, group, topic);
    pollUntilEachHas(1, silent);

    Member other = member(Kind.IMPATIENT, group, topic);
    pollUntilEachHas(1, other);

    assertThatThrownBy(
            () -> silent.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1))))
        .isInstanceOf(CommitFailedException.class);
    assertThat(silent.events).containsExactly("assigned [0]");
    pollUntil("a rebalance", () -> silent.events.size() >= 3, silent, other);
    assertThat(silent.events).startsWith("assigned [0]", "lost [0]");
    assertThat(silent.events.get(2)).startsWith("assigned");
  }

  @Test
  void topicComesLater_membersGetItsPartitions() {
    String topic = newName();
    Member member = member(Kind.EAGER, newName(), topic);
    pollUntil("an assignment of nothing", () -> member.events.contains("assigned []"), member);

    admin().createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic, 2, (short) 1)));
    pollUntilEachHas(2, member);

    assertThat(member.events).containsExactly("assigned []", "revoked []", "assigned [0, 1]");
  }
}
