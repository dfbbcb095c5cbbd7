package org.sgsars.log;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * What the services ask a cluster. Calls that wait throw Kafka's own exceptions, all of them {@link
 * KafkaException}: among them {@link org.apache.kafka.common.errors.TimeoutException} if no answer
 * comes in time, and {@link InterruptException} if the thread is interrupted. Calls that give a
 * stage do not wait, and their stage fails with the same exceptions. After {@link #close} calls
 * fail with an {@link IllegalStateException}. For any thread.
 */
public interface LogAdmin extends AutoCloseable {
  /**
   * Waits for the cluster.
   *
   * @return how many brokers it has, at least 1
   * @throws org.apache.kafka.common.errors.TimeoutException if none answers in time
   */
  int awaitBrokers(Duration within);

  /** Those of the topics that exist, by their names. */
  Map<String, TopicInfo> describeTopics(Collection<String> names);

  /** Creates topics. One that exists already stays as it is. */
  void createTopics(Collection<NewTopic> topics);

  /**
   * Deletes topics, and with them what groups committed for them.
   *
   * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if one does not exist;
   *     the others are deleted
   */
  void deleteTopics(Collection<String> names, Duration within);

  /** What a group committed; nothing of partitions of which it committed nothing. */
  Map<TopicPartition, OffsetAndMetadata> committed(String group);

  /**
   * Commits for a group that has no members. The stage fails with {@link
   * org.apache.kafka.common.errors.UnknownMemberIdException} if it has.
   */
  CompletionStage<Void> commit(String group, Map<TopicPartition, OffsetAndMetadata> offsets);

  /**
   * Deletes groups that have no members, and what they committed.
   *
   * @throws org.apache.kafka.common.errors.GroupNotEmptyException if one has members
   * @throws org.apache.kafka.common.errors.GroupIdNotFoundException if there is no such group; the
   *     others are deleted
   */
  void deleteGroups(Collection<String> groups);

  /**
   * Removes all members of a group, as of a process that was killed; nothing where it has none.
   *
   * @throws org.apache.kafka.common.errors.GroupIdNotFoundException if there is no such group
   */
  void removeMembers(String group);

  /** Where partitions begin, end, or have records of a time. */
  Map<TopicPartition, LogOffset> listOffsets(Map<TopicPartition, OffsetQuery> queries);

  /**
   * Deletes the records before some offsets, in the background. The stage fails with {@link
   * org.apache.kafka.common.errors.OffsetOutOfRangeException} if an offset is past a log end.
   */
  CompletionStage<Void> deleteRecords(Map<TopicPartition, Long> beforeOffsets);

  /** Waits for nothing: calls that are under way may fail. */
  @Override
  void close();

  /**
   * Waits for a stage of these calls.
   *
   * @throws KafkaException what the stage failed with
   */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** What a call failed with, as these calls throw it. */
  static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException cause
        ? cause
        : new KafkaException(e.getCause());
  }
}
