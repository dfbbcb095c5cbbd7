package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.Test;
import org.sgsars.log.LogAdmin;

/** Commits: who may, what is remembered, and for how long. */
abstract class CommitsContract extends ReadingContract {
  private static OffsetAndMetadata offset(long offset, String metadata) {
    return new OffsetAndMetadata(offset, metadata);
  }

  @Test
  void committed_nothing_isNull() {
    TopicPartition partition = newPartition();
    Consumer<byte[], ByteBuffer> consumer = opened(clients().groupConsumer(newName()));

    assertThat(consumer.committed(Set.of(partition))).containsEntry(partition, null);
  }

  @Test
  void commitSync_byAMember_isKnownWithItsMetadataToItsGroupOnly() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);

    member.consumer.commitSync(Map.of(partition, offset(7, "neededFrom=3")));

    // What the poll asked for may be answered only now, as of before the commit.
    await(
        "the commit",
        () ->
            offset(7, "neededFrom=3")
                .equals(member.consumer.committed(Set.of(partition)).get(partition)));
    assertThat(admin().committed(group))
        .containsExactly(Map.entry(partition, offset(7, "neededFrom=3")));
    assertThat(admin().committed(newName())).isEmpty();
  }

  @Test
  void commitSync_withoutMetadata_hasEmptyMetadata() {
    TopicPartition partition = newPartition();
    String group = newName();
    Consumer<byte[], ByteBuffer> consumer = opened(clients().groupConsumer(group));

    consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1)));

    assertThat(admin().committed(group)).containsEntry(partition, offset(1, ""));
  }

  @Test
  void commitSync_byAMember_ofAPartitionThatIsNotItsOwn_isTaken() {
    TopicPartition partition = newPartition();
    TopicPartition other = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);

    member.consumer.commitSync(Map.of(other, offset(7, "")));

    assertThat(admin().committed(group)).containsKey(other);
  }

  @Test
  void commitSync_ofAnEarlierOffset_isTaken() {
    TopicPartition partition = newPartition();
    String group = newName();
    Consumer<byte[], ByteBuffer> consumer = opened(clients().groupConsumer(group));
    consumer.commitSync(Map.of(partition, offset(7, "")));

    consumer.commitSync(Map.of(partition, offset(3, "")));

    assertThat(admin().committed(group)).containsEntry(partition, offset(3, ""));
  }

  @Test
  void commitSync_ofWhatWasRead_isThePosition() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntil("2 values", () -> member.values.size() == 2, member);

    member.consumer.commitSync();

    // Kafka adds the leader's epoch.
    assertThat(admin().committed(group))
        .extractingByKey(partition)
        .extracting(OffsetAndMetadata::offset)
        .isEqualTo(2L);
  }

  @Test
  void commitAsync_callsBackInALaterPoll() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);
    List<String> calls = new ArrayList<>();

    member.consumer.commitAsync(
        Map.of(partition, offset(7, "")),
        (offsets, failure) -> calls.add(failure == null ? "done" : failure.toString()));
    assertThat(calls).isEmpty();
    pollUntil("the callback", () -> !calls.isEmpty(), member);

    assertThat(calls).containsExactly("done");
    assertThat(admin().committed(group)).containsEntry(partition, offset(7, ""));
  }

  @Test
  void poll_ofANewMember_continuesWhereTheGroupCommitted() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");
    String group = newName();
    opened(clients().groupConsumer(group)).commitSync(Map.of(partition, offset(2, "")));

    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntil("a value", () -> !member.values.isEmpty(), member);

    assertThat(member.values).containsExactly("c");
  }

  @Test
  void commitSync_ofAStranger_whileThereAreMembers_fails() {
    TopicPartition partition = newPartition();
    String group = newName();
    pollUntilEachHas(1, member(Kind.EAGER, group, partition.topic()));
    Consumer<byte[], ByteBuffer> stranger = opened(clients().groupConsumer(group));
    stranger.assign(List.of(partition));

    assertThatThrownBy(() -> stranger.commitSync(Map.of(partition, offset(1, ""))))
        .isInstanceOf(CommitFailedException.class);
  }

  @Test
  void commit_ofAnAdmin_whileThereAreNoMembers_isTaken() {
    TopicPartition partition = newPartition();
    String group = newName();

    LogAdmin.await(admin().commit(group, Map.of(partition, offset(5, "note"))));

    assertThat(admin().committed(group)).containsEntry(partition, offset(5, "note"));
  }

  @Test
  void commit_ofAnAdmin_whileThereAreMembers_fails() {
    TopicPartition partition = newPartition();
    String group = newName();
    pollUntilEachHas(1, member(Kind.EAGER, group, partition.topic()));

    assertThatThrownBy(
            () -> LogAdmin.await(admin().commit(group, Map.of(partition, offset(5, "")))))
        .isInstanceOf(UnknownMemberIdException.class);
  }

  @Test
  void commitSync_beforeTheFirstPoll_fails() {
    TopicPartition partition = newPartition();
    Member member = member(Kind.EAGER, newName(), partition.topic());

    assertThatThrownBy(() -> member.consumer.commitSync(Map.of(partition, offset(1, ""))))
        .isInstanceOf(CommitFailedException.class);
  }

  /** The member has joined again, and another has not. */
  @Test
  void commitSync_amidARebalance_failsForNow() {
    String topic = newTopic(2);
    TopicPartition partition = new TopicPartition(topic, 0);
    String group = newName();
    Member first = member(Kind.EAGER, group, topic);
    Member second = member(Kind.EAGER, group, topic);
    pollUntilEachHas(1, first, second);
    Member third = member(Kind.EAGER, group, topic);

    pollUntil(
        "a revocation",
        () -> first.events.get(first.events.size() - 1).startsWith("revoked"),
        third,
        first);

    assertThatThrownBy(() -> first.consumer.commitSync(Map.of(partition, offset(1, ""))))
        .isInstanceOf(RebalanceInProgressException.class);
    second.consumer.commitSync(Map.of(partition, offset(2, "")));
    assertThat(admin().committed(group)).containsEntry(partition, offset(2, ""));
    // Kafka's close waits until a join that is under way is answered.
    second.close();
  }

  @Test
  void commitSync_afterTheMembersWereRemoved_failsAndTheMemberFindsOut() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);

    admin().removeMembers(group);

    assertThatThrownBy(() -> member.consumer.commitSync(Map.of(partition, offset(1, ""))))
        .isInstanceOf(CommitFailedException.class);
    pollUntil("a loss", () -> member.events.size() == 3, member);
    assertThat(member.events).containsExactly("assigned [0]", "lost [0]", "assigned [0]");
  }

  @Test
  void removeMembers_ofAGroupThatAllHaveLeft_isNoOp() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);
    member.consumer.commitSync(Map.of(partition, offset(1, "")));
    member.close();

    admin().removeMembers(group);

    assertThat(admin().committed(group)).containsEntry(partition, offset(1, ""));
  }

  @Test
  void deleteGroups_withMembers_isRefused() {
    TopicPartition partition = newPartition();
    String group = newName();
    pollUntilEachHas(1, member(Kind.EAGER, group, partition.topic()));

    assertThatThrownBy(() -> admin().deleteGroups(List.of(group)))
        .isInstanceOf(GroupNotEmptyException.class);
  }

  @Test
  void deleteGroups_withoutMembers_forgetsCommits() {
    TopicPartition partition = newPartition();
    String group = newName();
    Member member = member(Kind.EAGER, group, partition.topic());
    pollUntilEachHas(1, member);
    member.consumer.commitSync(Map.of(partition, offset(1, "")));
    member.close();

    admin().deleteGroups(List.of(group));

    assertThat(admin().committed(group)).isEmpty();
  }

  @Test
  void deleteGroups_oneUnknown_failsAndTheOthersAreDeleted() {
    TopicPartition partition = newPartition();
    String group = newName();
    LogAdmin.await(admin().commit(group, Map.of(partition, offset(5, ""))));

    assertThatThrownBy(() -> admin().deleteGroups(List.of(newName(), group)))
        .isInstanceOf(GroupIdNotFoundException.class);
    LogAdmin admin = admin();
    await("the deletion", () -> admin.committed(group).isEmpty());
  }
}
