package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.TopicInfo;

/**
 * What the services rely on of a log, in the order of its superclasses: records, reading, commits,
 * groups; and here the topics. Where a log in memory and Kafka differ, Kafka is right.
 */
abstract class LogContract extends GroupsContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  @Test
  void awaitBrokers_aBrokerIsThere_countsIt() {
    assertThat(admin().awaitBrokers(TIMEOUT)).isEqualTo(1);
  }

  @Test
  void describeTopics_someExist_areThose() {
    String topic = newTopic(3);

    Map<String, TopicInfo> found = admin().describeTopics(List.of(topic, newName()));

    assertThat(found).containsOnlyKeys(topic);
    assertThat(info(topic).partitions()).isEqualTo(3);
    assertThat(info(topic).name()).isEqualTo(topic);
  }

  @Test
  void createTopics_oneExists_staysAsItIsAndTheOthersAreMade() {
    String topic = newTopic(1);
    String other = newName();
    Uuid id = id(topic);

    admin()
        .createTopics(
            List.of(new NewTopic(topic, 2, (short) 1), new NewTopic(other, 2, (short) 1)));

    assertThat(id(topic)).isEqualTo(id);
    LogAdmin admin = admin();
    await("the other topic", () -> !admin.describeTopics(List.of(other)).isEmpty());
    assertThat(info(topic).partitions()).isEqualTo(1);
  }

  private Uuid id(String topic) {
    return info(topic).id();
  }

  private TopicInfo info(String topic) {
    return Objects.requireNonNull(admin().describeTopics(List.of(topic)).get(topic));
  }

  @Test
  void deleteTopics_unknown_fails() {
    assertThatThrownBy(() -> admin().deleteTopics(List.of(newName()), TIMEOUT))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
  }

  @Test
  void deleteTopics_andCreatedAnew_isAnotherTopicWithOffsetsFromZero() throws Exception {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");
    Uuid id = id(partition.topic());

    recreate(partition.topic());
    send(partition, "c");

    assertThat(id(partition.topic())).isNotEqualTo(id);
    ConsumerRecord<String, byte[]> first = read(reader(partition), 1).get(0);
    assertThat(first.offset()).isZero();
    assertThat(text(first)).isEqualTo("c");
  }

  @Test
  void deleteTopics_commitsAreForgotten() {
    TopicPartition partition = newPartition();
    String group = newName();
    LogAdmin admin = admin();
    LogAdmin.await(admin.commit(group, Map.of(partition, new OffsetAndMetadata(1))));

    admin.deleteTopics(List.of(partition.topic()), TIMEOUT);

    await("the deletion", () -> admin.committed(group).isEmpty());
  }

  @Test
  void createdAnew_aReaderPastItsEnd_beginsAtItsBeginning() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");
    Consumer<String, byte[]> reader = reader(partition);
    read(reader, 2);

    recreate(partition.topic());
    send(partition, "c");

    assertThat(texts(read(reader, 1))).containsExactly("c");
    assertThat(reader.position(partition)).isEqualTo(1);
  }

  private void recreate(String topic) {
    LogAdmin admin = admin();
    admin.deleteTopics(List.of(topic), TIMEOUT);
    await("the deletion", () -> admin.describeTopics(List.of(topic)).isEmpty());
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
    await("the topic", () -> !admin.describeTopics(List.of(topic)).isEmpty());
  }

  @Test
  void call_afterClose_isRefused() {
    LogAdmin admin = clients().admin();
    admin.close();

    assertThatThrownBy(() -> admin.describeTopics(List.of("a")))
        .isInstanceOf(IllegalStateException.class);
  }
}
