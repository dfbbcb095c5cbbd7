package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;

final class StateFolderTest {
  private static final SnapshotStore.Key KEY = new SnapshotStore.Key("gradients-0", 0);

  @TempDir private Path folder = Path.of("");

  private Optional<SnapshotStore.Restored<AtomicLong>> restored() {
    return new StateFolder(folder).restore(KEY, 0, AtomicLong::new, StateFolderTest::read);
  }

  private static void read(AtomicLong state, DataInput in) throws IOException {
    state.set(in.readLong());
  }

  /** From where on records are needed if the newest state is spoiled. */
  private long save(long offset, long value) {
    return draft(offset, value).publish();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("gradients-0"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void restore_nothingSaved_isEmpty() {
    assertThat(restored()).isEmpty();
  }

  @Test
  void restore_severalSaved_isTheOneOfTheHighestOffset() throws Exception {
    save(10, 1);
    save(9, 3);
    save(200, 2);

    assertThat(restored().orElseThrow().offset()).isEqualTo(200);
    assertThat(restored().orElseThrow().state().get()).isEqualTo(2);
    assertThat(files()).hasSize(2);
  }

  /** What is before the state that a spoiled one falls back to is not needed, and nothing else. */
  @Test
  void publish_firstAndNext_needsRecordsFromTheBeginningAndFromTheOneBefore() {
    assertThat(save(10, 1)).isEqualTo(0);
    assertThat(restored().orElseThrow().oldestKept()).isEqualTo(0);

    assertThat(save(200, 2)).isEqualTo(10);
    assertThat(save(300, 3)).isEqualTo(200);
    assertThat(restored().orElseThrow().oldestKept()).isEqualTo(200);
  }

  @Test
  void restore_newestTorn_isTheOneBefore() throws Exception {
    save(10, 1);
    save(20, 2);
    Path newest = files().get(1);
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, java.util.Arrays.copyOf(bytes, bytes.length - 1));

    assertThat(restored().orElseThrow().offset()).isEqualTo(10);
  }

  /** Else it would be one of the two that are kept, and the next torn one would be one too many. */
  @Test
  void restore_newestTorn_isRemovedAndDoesNotCountAsKept() throws Exception {
    save(10, 1);
    save(20, 2);
    save(30, 3);
    Path newest = files().get(1);
    Files.write(newest, new byte[8]);

    assertThat(restored().orElseThrow().offset()).isEqualTo(20);
    assertThat(restored().orElseThrow().oldestKept()).isZero();
    assertThat(save(40, 4)).isEqualTo(20);
    assertThat(restored().orElseThrow().oldestKept()).isEqualTo(20);
  }

  @Test
  void restore_oneBitFlipped_isNotUsed() throws Exception {
    save(10, 1);
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[12] ^= 1;
    Files.write(file, bytes);

    assertThat(restored()).isEmpty();
  }

  @Test
  void constructor_notAFolder_saysWhatToDo() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> new StateFolder(file))
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith("State folder " + file + " cannot be written")
        .hasMessageEndingWith("make it writable or choose another");
  }

  /** In containers all have the same process id, and in one JVM two loops may be at one offset. */
  @Test
  void draft_twoAtOneOffset_haveFilesOfTheirOwn() throws Exception {
    SnapshotStore.Draft first = draft(10, 1);
    SnapshotStore.Draft second = draft(10, 2);
    assertThat(files()).hasSize(2);

    first.publish();
    assertThat(restored().orElseThrow().state().get()).isEqualTo(1);
    second.publish();
    assertThat(restored().orElseThrow().state().get()).isEqualTo(2);
    assertThat(files()).hasSize(1);
  }

  private SnapshotStore.Draft draft(long offset, long value) {
    return new StateFolder(folder).draft(KEY, offset, out -> out.writeLong(value));
  }

  @Test
  void draft_saverThrows_leavesNothingBehind() throws Exception {
    for (Throwable thrown : List.of(new IllegalStateException("x"), new StackOverflowError("x"))) {
      assertThatThrownBy(
              () ->
                  new StateFolder(folder)
                      .draft(
                          KEY,
                          10,
                          out -> {
                            if (thrown instanceof Error error) {
                              throw error;
                            }
                            throw (RuntimeException) thrown;
                          }))
          .isSameAs(thrown);
    }

    assertThat(files()).isEmpty();
  }

  @Test
  void restore_crashedWritersLeftFiles_oldOnesAreRemovedAndOthersAreWritten() throws Exception {
    save(10, 1);
    SnapshotStore.Draft writing = draft(20, 2);
    Path home = folder.resolve("gradients-0");
    Path abandoned = TemporaryFiles.beside(home.resolve("00000000000000000015.state"));
    Path ofAnEarlierVersion = home.resolve("00000000000000000015-17.tmp");
    FileTime old =
        FileTime.from(Instant.now().minus(TemporaryFiles.ABANDONED).minus(Duration.ofMinutes(1)));
    for (Path file : List.of(abandoned, ofAnEarlierVersion)) {
      Files.write(file, new byte[9]);
      Files.setLastModifiedTime(file, old);
    }

    restored();

    assertThat(files()).hasSize(2).doesNotContain(abandoned, ofAnEarlierVersion);
    writing.publish();
    assertThat(restored().orElseThrow().offset()).isEqualTo(20);
  }
}
