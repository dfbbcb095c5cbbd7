package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;

final class StateSaverTest {
  /** Its state is one number. */
  private static final class Counter implements PartitionWorker {
    long count;

    @Override
    public Optional<Waiting> process(ByteBuffer value, boolean again, Output output) {
      count++;
      return Optional.empty();
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeLong(count);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      count = in.readLong();
    }

    @Override
    public List<LayerProgress> progress() {
      return List.of();
    }
  }

  private static final SnapshotStore.Key KEY = new SnapshotStore.Key("gradients-0", 0);

  @TempDir private Path folder = Path.of("");
  private final Counter counter = new Counter();
  private final Assignment assignment = new Assignment(KEY, counter);
  private StateFolder states = new StateFolder(Path.of(System.getProperty("java.io.tmpdir")));
  private StateSaver saver =
      new StateSaver(
          states, Optional.of(Duration.ofHours(1)), TimeSource.SYSTEM, new DiskThread("test"));

  @BeforeEach
  void open() {
    saver.close();
    states = new StateFolder(folder);
    saver =
        new StateSaver(
            states, Optional.of(Duration.ofHours(1)), TimeSource.SYSTEM, new DiskThread("test"));
  }

  @AfterEach
  void close() {
    saver.close();
  }

  private void reach(long offset) {
    assignment.position = offset;
    counter.count = offset;
  }

  private SnapshotStore.Restored<Counter> restored() {
    return states.restore(KEY, 0, Counter::new, Counter::restore).orElseThrow();
  }

  @Test
  void start_thenTheWorkerGoesOn_savesWhatWasThenThere() {
    reach(10);

    saver.start(List.of(assignment));
    reach(11);
    saver.finish();

    assertThat(restored().offset()).isEqualTo(10);
    assertThat(restored().state().count).isEqualTo(10);
    assertThat(assignment.saved).isEqualTo(10);
    assertThat(assignment.oldestKept).isEqualTo(0);
  }

  @Test
  void start_untilFinished_theStateBeforeCounts() {
    reach(10);
    saver.start(List.of(assignment));
    saver.finish();
    reach(20);

    saver.start(List.of(assignment));

    assertThat(saver.isBusy()).isTrue();
    assertThat(assignment.saved).isEqualTo(10);
    saver.finish();
    assertThat(saver.isBusy()).isFalse();
    assertThat(assignment.saved).isEqualTo(20);
    assertThat(assignment.oldestKept).isEqualTo(10);
  }

  @Test
  void start_nothingReadOrNothingNew_savesNothing() {
    saver.start(List.of(assignment));
    assertThat(saver.isBusy()).isFalse();

    reach(10);
    saver.start(List.of(assignment));
    saver.finish();
    saver.start(List.of(assignment));
    assertThat(saver.isBusy()).isFalse();
  }

  @Test
  void isDue_afterTheIntervalOrAGibibyte() {
    long hour = Duration.ofHours(1).toNanos();
    assertThat(saver.isDue(System.nanoTime())).isFalse();
    assertThat(saver.isDue(System.nanoTime() + hour)).isTrue();

    saver.count((1L << 30) - 1);
    assertThat(saver.isDue(System.nanoTime())).isFalse();
    saver.count(1);
    assertThat(saver.isDue(System.nanoTime())).isTrue();

    reach(10);
    saver.start(List.of(assignment));
    saver.count(1L << 30);
    assertThat(saver.isDue(System.nanoTime())).isFalse();
    saver.finish();
    assertThat(saver.isDue(System.nanoTime())).isTrue();
  }

  @Test
  void finish_folderGone_saysWhereAndKeepsTheStateBefore() throws Exception {
    reach(10);
    saver.start(List.of(assignment));
    saver.finish();
    reach(20);
    Path home = folder.resolve("gradients-0");
    Files.move(home, folder.resolve("moved"));
    Files.createFile(home);

    assertThatThrownBy(() -> saver.start(List.of(assignment)))
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith("State cannot be saved in " + home)
        .hasMessageEndingWith("make room and start again, nothing is lost");
    assertThat(assignment.saved).isEqualTo(10);
  }

  /** Longest interval: only what came makes it due. */
  @Test
  void isDue_statesOfMoreThanAQuarterOfAGibibyte_isAfterFourTimesTheirBytes() {
    SnapshotStore store = new SizedStates(300L << 20);
    try (StateSaver large =
        new StateSaver(
            store, Optional.of(Duration.ofDays(1)), TimeSource.SYSTEM, new DiskThread("large"))) {
      large.count(1L << 30);
      assertThat(large.isDue(TimeSource.SYSTEM.nanos())).isTrue();
      reach(1);
      large.start(List.of(assignment));
      large.finish();

      large.count(1199L << 20);
      assertThat(large.isDue(TimeSource.SYSTEM.nanos())).isFalse();
      large.count(1L << 20);
      assertThat(large.isDue(TimeSource.SYSTEM.nanos())).isTrue();
    }
  }

  /** Keeps nothing, and says of each state that it has so many bytes. */
  private record SizedStates(long bytes) implements SnapshotStore {
    @Override
    public Draft draft(Key key, long offset, Saver saver) {
      return new Draft() {
        @Override
        public long publish() {
          return 0;
        }

        @Override
        public long bytes() {
          return bytes;
        }
      };
    }

    @Override
    public <T> Optional<Restored<T>> restore(
        Key key, long least, Supplier<T> fresh, Reader<T> reader) {
      return Optional.empty();
    }

    @Override
    public void delete(Key key) {}

    @Override
    public void close() {}
  }
}
