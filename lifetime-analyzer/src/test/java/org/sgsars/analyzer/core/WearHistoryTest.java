package org.sgsars.analyzer.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class WearHistoryTest {
  @Test
  void add_fewReports_areAllKept() {
    WearHistory history = new WearHistory(2);

    history.add(10, new long[] {1, 2});
    history.add(20, new long[] {3, 2});

    assertThat(history.rowsPerBucket()).isEqualTo(1);
    assertThat(history.snapshots())
        .extracting(LifetimeReport.Snapshot::iterations)
        .containsExactly(10L, 20L);
    assertThat(history.snapshots().get(1).writes()).containsExactly(3, 2);
  }

  /** The 64th makes every second one go; from then on every second report is kept, and so on. */
  @Test
  void add_manyReports_someAreKeptAtEvenDistances() {
    WearHistory history = new WearHistory(1);

    LongStream.rangeClosed(1, 200).forEach(i -> history.add(i, new long[] {i}));

    assertThat(history.snapshots())
        .extracting(LifetimeReport.Snapshot::iterations)
        .containsExactlyElementsOf(
            LongStream.iterate(1, i -> i <= 200, i -> i + 4).boxed().toList());
  }

  @Test
  void add_manyRows_aBucketHasItsMostWorn() {
    WearHistory history = new WearHistory(1025);
    long[] rows = new long[1025];
    rows[1] = 5;
    rows[3] = 4;
    rows[1024] = 9;

    history.add(1, rows);

    assertThat(history.rowsPerBucket()).isEqualTo(3);
    long[] writes = history.snapshots().get(0).writes();
    assertThat(writes).hasSize(342);
    assertThat(writes[0]).isEqualTo(5);
    assertThat(writes[1]).isEqualTo(4);
    assertThat(writes[341]).isEqualTo(9);
  }
}
