package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;
import org.sgsars.log.LogAdmin;

/** Reading: positions, pauses, wakeups; by a consumer that nobody else shares partitions with. */
abstract class ReadingContract extends RecordsContract {
  @Test
  void poll_withoutPartitions_isRefused() {
    assertThatThrownBy(() -> reader().poll(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void poll_afterClose_isRefused() {
    Consumer<String, byte[]> reader = reader(newPartition());
    reader.close();

    assertThatThrownBy(() -> reader.poll(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void poll_nothingThere_isEmpty() {
    assertThat(reader(newPartition()).poll(Duration.ofMillis(10)).isEmpty()).isTrue();
  }

  @Test
  void poll_severalPartitions_readsAllEachInOrder() {
    String topic = newTopic(3);
    Consumer<String, byte[]> reader = reader();
    List<TopicPartition> partitions =
        List.of(
            new TopicPartition(topic, 0),
            new TopicPartition(topic, 1),
            new TopicPartition(topic, 2));
    partitions.forEach(p -> send(p, p.partition() + "a", p.partition() + "b"));
    reader.assign(partitions);

    List<String> read = texts(read(reader, 6));

    assertThat(read).containsSubsequence("0a", "0b");
    assertThat(read).containsSubsequence("1a", "1b");
    assertThat(read).containsSubsequence("2a", "2b");
  }

  @Test
  void position_withoutACommit_isTheBeginning() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 1L)));

    assertThat(reader(partition).position(partition)).isEqualTo(1);
  }

  @Test
  void position_afterReading_isTheNextOffset() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b");
    Consumer<String, byte[]> reader = reader(partition);

    read(reader, 2);

    assertThat(reader.position(partition)).isEqualTo(2);
  }

  @Test
  void position_andSeek_ofAPartitionOfOthers_areRefused() {
    TopicPartition partition = newPartition();
    Consumer<String, byte[]> reader = reader(newPartition());

    assertThatThrownBy(() -> reader.position(partition)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.seek(partition, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.pause(List.of(partition)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reader.currentLag(partition))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void seek_toAnOffset_readsFromThere() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");
    Consumer<String, byte[]> reader = reader(partition);
    read(reader, 3);

    reader.seek(partition, 1);

    assertThat(reader.position(partition)).isEqualTo(1);
    assertThat(texts(read(reader, 2))).containsExactly("b", "c");
  }

  @Test
  void seek_toANegativeOffset_isRefused() {
    TopicPartition partition = newPartition();

    assertThatThrownBy(() -> reader(partition).seek(partition, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void poll_fromBeforeTheBeginning_continuesAtTheBeginning() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));
    Consumer<String, byte[]> reader = reader(partition);

    reader.seek(partition, 0);

    assertThat(texts(read(reader, 1))).containsExactly("c");
    assertThat(reader.position(partition)).isEqualTo(3);
  }

  /** What was fetched before may still come, though it is deleted. */
  @Test
  void poll_theBeginningIsDeletedMeanwhile_continuesAtTheBeginning() {
    TopicPartition partition = newPartition();
    send(partition, "a");
    Consumer<String, byte[]> reader = reader(partition);
    read(reader, 1);
    reader.pause(List.of(partition));
    send(partition, "b", "c");
    LogAdmin.await(admin().deleteRecords(Map.of(partition, 2L)));

    reader.resume(List.of(partition));

    List<String> left = new ArrayList<>();
    await(
        "the last record",
        () -> {
          reader.poll(Duration.ofMillis(10)).forEach(record -> left.add(text(record)));
          return left.contains("c");
        });
    assertThat(left).isSubsetOf("b", "c");
  }

  @Test
  void poll_fromPastTheEnd_beginsAtTheBeginning() {
    TopicPartition partition = newPartition();
    send(partition, "a");
    Consumer<String, byte[]> reader = reader(partition);

    reader.seek(partition, 10);

    assertThat(texts(read(reader, 1))).containsExactly("a");
  }

  @Test
  void seekToEnd_isDoneWhenThePositionIsAskedFor() {
    TopicPartition partition = newPartition();
    Consumer<String, byte[]> reader = reader(partition);

    reader.seekToEnd(List.of(partition));
    send(partition, "a");

    assertThat(reader.position(partition)).isEqualTo(1);
    send(partition, "b");
    assertThat(texts(read(reader, 1))).containsExactly("b");
  }

  @Test
  void seekToBeginning_ofNoneNamed_isOfAll() {
    TopicPartition partition = newPartition();
    send(partition, "a");
    Consumer<String, byte[]> reader = reader(partition);
    read(reader, 1);

    reader.seekToBeginning(List.of());

    assertThat(texts(read(reader, 1))).containsExactly("a");
  }

  @Test
  void assign_again_partitionsThatStayKeepTheirPositions() {
    TopicPartition stays = newPartition();
    TopicPartition comes = newPartition();
    send(stays, "a");
    send(comes, "b");
    Consumer<String, byte[]> reader = reader(stays);
    read(reader, 1);

    reader.assign(List.of(stays, comes));

    assertThat(texts(read(reader, 1))).containsExactly("b");
    assertThat(reader.position(stays)).isEqualTo(1);
  }

  @Test
  void pause_recordsWaitAndThePositionStays() {
    TopicPartition paused = newPartition();
    TopicPartition other = newPartition();
    Consumer<String, byte[]> reader = reader();
    reader.assign(List.of(paused, other));
    reader.pause(List.of(paused));
    send(paused, "a");
    send(other, "b");

    assertThat(texts(read(reader, 1))).containsExactly("b");

    assertThat(reader.paused()).containsExactly(paused);
    assertThat(reader.position(paused)).isZero();
    reader.resume(List.of(paused));
    assertThat(reader.paused()).isEmpty();
    assertThat(texts(read(reader, 1))).containsExactly("a");
  }

  @Test
  void wakeup_beforeAPoll_endsThatPollOnly() {
    TopicPartition partition = newPartition();
    Consumer<String, byte[]> reader = reader(partition);
    send(partition, "a");

    reader.wakeup();

    assertThatThrownBy(() -> reader.poll(Duration.ofMinutes(1)))
        .isInstanceOf(WakeupException.class);
    assertThat(texts(read(reader, 1))).containsExactly("a");
  }

  @Test
  void wakeup_duringAPoll_endsIt() throws Exception {
    Consumer<String, byte[]> reader = reader(newPartition());
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> isWokenUp =
        CompletableFuture.supplyAsync(
            () -> {
              begun.countDown();
              try {
                reader.poll(Duration.ofMinutes(1));
                return false;
              } catch (WakeupException e) {
                return true;
              }
            });
    begun.await();

    reader.wakeup();

    assertThat(isWokenUp.get()).isTrue();
  }

  @Test
  void currentLag_isWhatIsBehindThePosition() {
    TopicPartition partition = newPartition();
    send(partition, "a", "b", "c");
    Consumer<String, byte[]> reader = reader(partition);
    assertThat(reader.currentLag(partition)).isEmpty();
    read(reader, 3);

    assertThat(reader.currentLag(partition)).hasValue(0);
    reader.seek(partition, 1);
    assertThat(reader.currentLag(partition)).hasValue(2);
  }

  @Test
  void partitionsFor_aTopic_areItsPartitions() {
    assertThat(reader().partitionsFor(newTopic(3)))
        .extracting(info -> info.partition())
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void partitionsFor_noTopic_areNone() {
    assertThat(reader().partitionsFor(newName())).isEmpty();
  }

  @Test
  void endOffsets_noTopic_timesOut() {
    TopicPartition missing = new TopicPartition(newName(), 0);

    assertThatThrownBy(() -> reader().endOffsets(List.of(missing), Duration.ofMillis(500)))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void groupCalls_withoutAGroup_areRefused() {
    TopicPartition partition = newPartition();
    Consumer<String, byte[]> reader = reader(partition);

    assertThatThrownBy(() -> reader.committed(Set.of(partition)))
        .isInstanceOf(InvalidGroupIdException.class);
    assertThatThrownBy(() -> reader.commitSync(Map.of(partition, new OffsetAndMetadata(0))))
        .isInstanceOf(InvalidGroupIdException.class);
  }

  @Test
  void subscribe_afterAssign_isRefused() {
    Consumer<byte[], ByteBuffer> consumer = opened(clients().groupConsumer(newName()));
    consumer.assign(List.of(newPartition()));

    assertThatThrownBy(() -> consumer.subscribe(List.of("a")))
        .isInstanceOf(IllegalStateException.class);
  }
}
