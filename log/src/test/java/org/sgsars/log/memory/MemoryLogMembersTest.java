package org.sgsars.log.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Members of groups in a stepped log, and what goes wrong with them by decree. */
final class MemoryLogMembersTest {
  private static final String TOPIC = "topic";
  private static final String GROUP = "group";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final ManualTime time = new ManualTime(1_000_000);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);

  MemoryLogMembersTest() {
    log.clients().admin().createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1)));
  }

  private Member newMember() {
    return new Member(log.clients(), GROUP, TOPIC);
  }

  @Test
  void rebalance_allMembersJoinAgainAtTheirNextPoll() {
    Member member = newMember();
    member.poll();

    log.faults().rebalance(GROUP);
    assertThat(member.events).containsExactly("assigned [0, 1]");
    member.poll();

    assertThat(member.events)
        .containsExactly("assigned [0, 1]", "revoked [0, 1]", "assigned [0, 1]");
  }

  @Test
  void rebalance_isDoneWhenTheLastMemberHasPolled() {
    Member first = newMember();
    Member second = newMember();
    first.poll();
    second.poll();
    first.poll();
    second.poll();
    assertThat(first.events).endsWith("assigned [0]");
    assertThat(second.events).endsWith("assigned [1]");
    first.events.clear();

    log.faults().rebalance(GROUP);
    first.poll();
    first.poll();
    assertThat(first.events).containsExactly("revoked [0]");
    second.poll();
    first.poll();

    assertThat(first.events).containsExactly("revoked [0]", "assigned [0]");
  }

  @Test
  void expireSession_theMemberFindsOutAndOthersGetItsPartitions() {
    Member member = newMember();
    member.poll();

    log.faults().expireSession(GROUP, log.faults().members(GROUP).get(0));

    assertThat(log.faults().members(GROUP)).isEmpty();
    assertThatThrownBy(
            () -> member.consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1))))
        .isInstanceOf(CommitFailedException.class);
    Member other = newMember();
    other.poll();
    assertThat(other.events).containsExactly("assigned [0, 1]");
    member.poll();
    assertThat(member.events).containsExactly("assigned [0, 1]", "lost [0, 1]");
  }

  @Test
  void crash_partitionsWaitForTheSessionTimeout() {
    Member crashed = newMember();
    crashed.poll();
    log.faults().crash(GROUP, log.faults().members(GROUP).get(0));
    Member other = newMember();
    time.advance(Duration.ofSeconds(10));
    other.poll();
    assertThat(other.events).isEmpty();

    time.advance(Duration.ofNanos(1));
    other.poll();

    assertThat(other.events).containsExactly("assigned [0, 1]");
  }

  @Test
  void notPolled_longerThanTheInterval_isNoMember() {
    newMember().poll();
    time.advance(Duration.ofMinutes(5).plusNanos(1));

    assertThat(log.faults().members(GROUP)).isEmpty();
  }

  @Test
  void close_brokersAway_theGroupWaitsForTheSession() {
    Member member = newMember();
    member.poll();
    log.faults().stopBrokers();

    member.consumer.close();
    log.faults().startBrokers();

    assertThat(member.events).endsWith("revoked [0, 1]");
    assertThat(log.faults().members(GROUP)).hasSize(1);
    time.advance(Duration.ofSeconds(11));
    assertThat(log.faults().members(GROUP)).isEmpty();
  }

  @Test
  void sameCalls_haveTheSameResults() {
    assertThat(story()).isEqualTo(story());
  }

  /** What members of a group are told while they come, go and crash. */
  private static List<String> story() {
    ManualTime time = new ManualTime(0);
    MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS.withCooperativeGroups(), time);
    log.clients().admin().createTopics(List.of(new NewTopic(TOPIC, 7, (short) 1)));
    List<Member> members = new ArrayList<>();
    List<String> story = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      if (step % 7 == 0) {
        members.add(new Member(log.clients(), GROUP, TOPIC));
      }
      if (step % 11 == 10) {
        log.faults().crash(GROUP, log.faults().members(GROUP).get(0));
        members.remove(0);
      }
      time.advance(Duration.ofSeconds(2));
      members.forEach(Member::poll);
      members.forEach(member -> story.add(member.events.toString()));
    }
    story.add(log.clients().admin().describeTopics(List.of(TOPIC)).toString());
    return story;
  }
}
