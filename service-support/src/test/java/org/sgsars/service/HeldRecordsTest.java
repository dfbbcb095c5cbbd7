package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.sgsars.service.PartitionWorker.Waiting;

final class HeldRecordsTest {
  private static final Waiting A = new Waiting("r", "a");
  private static final Waiting B = new Waiting("r", "b");

  /** More than half of what may wait. */
  private static final int LARGE = 40 << 20;

  private final HeldRecords held = new HeldRecords();

  private static ConsumerRecord<byte[], ByteBuffer> record(long offset, int size) {
    return new ConsumerRecord<>(
        "updates",
        0,
        offset,
        0,
        TimestampType.CREATE_TIME,
        0,
        size,
        new byte[0],
        ByteBuffer.allocate(0),
        new RecordHeaders(),
        Optional.empty());
  }

  private void hold(Waiting waiting, long offset) {
    held.hold(waiting, record(offset, LARGE), 0);
  }

  private void release(Waiting waiting) {
    held.remove(held.next(waiting).orElseThrow(), waiting);
  }

  @Test
  void next_recordsOfTwoLayers_eachGivesItsFirst() {
    held.hold(A, record(5, 1), 0);
    held.hold(B, record(6, 1), 0);
    held.hold(A, record(7, 1), 0);

    release(A);

    assertThat(held.next(A).orElseThrow().offset()).isEqualTo(7);
    assertThat(held.next(B).orElseThrow().offset()).isEqualTo(6);
    assertThat(held.first()).hasValue(6);
    release(A);
    release(B);
    assertThat(held.isEmpty()).isTrue();
    assertThat(held.pollRereadOffset()).isEmpty();
  }

  @Test
  void hold_sameRecordAgain_changesNothing() {
    held.hold(A, record(5, 1), 0);
    held.hold(A, record(5, 1), 0);

    release(A);

    assertThat(held.isEmpty()).isTrue();
  }

  @Test
  void hold_noRoom_leavesRecordsOutAndAsksForThemWhenTheLayerIsThere() {
    hold(A, 5);
    hold(A, 6);
    hold(A, 7);
    hold(A, 8);

    release(A);
    assertThat(held.pollRereadOffset()).isEmpty();
    release(A);

    assertThat(held.isEmpty()).isTrue();
    assertThat(held.pollRereadOffset()).hasValue(7);
    assertThat(held.pollRereadOffset()).isEmpty();
  }

  /** Of each layer one record must be here: it says where to go on, and what is waited with. */
  @Test
  void hold_noRoomForTheFirstOfALayer_holdsItAllTheSame() {
    hold(A, 5);
    hold(A, 6);
    hold(B, 7);
    hold(B, 8);

    release(A);
    release(A);
    assertThat(held.pollRereadOffset()).isEmpty();
    assertThat(held.next(B).orElseThrow().offset()).isEqualTo(7);
    // Read again for A, 8 is left out no longer.
    release(B);
    assertThat(held.pollRereadOffset()).hasValue(8);
  }

  @Test
  void pollRereadOffset_anotherLayerLeftOutLaterOnes_holdsThemWhenTheyComeAgain() {
    hold(A, 5);
    hold(A, 6);
    hold(B, 7);
    hold(A, 8);
    hold(B, 9);
    release(A);
    release(A);

    assertThat(held.pollRereadOffset()).hasValue(8);
    hold(B, 9);
    release(B);

    assertThat(held.next(B).orElseThrow().offset()).isEqualTo(9);
  }

  @Test
  void isPaused_nothingWentOnForASecond_readsOn() {
    held.hold(A, record(5, 1), 0);

    assertThat(held.isPaused(TimeUnit.MILLISECONDS.toNanos(999))).isTrue();
    assertThat(held.isPaused(TimeUnit.MILLISECONDS.toNanos(1001))).isFalse();
    assertThat(held.isAbandonCheckDue(TimeUnit.SECONDS.toNanos(4))).isFalse();
    assertThat(held.isAbandonCheckDue(TimeUnit.SECONDS.toNanos(5))).isTrue();
    assertThat(held.isAbandonCheckDue(TimeUnit.SECONDS.toNanos(6))).isFalse();
  }
}
