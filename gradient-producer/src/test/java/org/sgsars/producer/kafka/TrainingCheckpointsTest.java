package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.log.TimeSource;
import org.sgsars.service.StateFolder;

final class TrainingCheckpointsTest {
  @TempDir private Path folder = Path.of("");

  private TrainingCheckpoints every(Duration interval) {
    return new TrainingCheckpoints(new StateFolder(folder), interval, TimeSource.SYSTEM);
  }

  @Test
  void restore_savedTwice_givesTheLast() {
    TrainingCheckpoints checkpoints = every(Duration.ZERO);
    checkpoints.save("run", 5, out -> out.writeInt(50));
    checkpoints.save("run", 7, out -> out.writeInt(70));
    List<Integer> restored = new ArrayList<>();

    assertThat(checkpoints.restore("run", in -> restored.add(in.readInt()))).hasValue(7);
    assertThat(restored).containsExactly(70);
    assertThat(checkpoints.restore("another", in -> restored.add(in.readInt()))).isEmpty();
  }

  @Test
  void save_noRoom_leavesTheOneBefore() {
    TrainingCheckpoints checkpoints = every(Duration.ZERO);
    assertThat(checkpoints.save("run", 5, out -> out.writeInt(50))).isTrue();

    boolean saved =
        checkpoints.save(
            "run",
            6,
            out -> {
              throw new IOException("no room");
            });

    assertThat(saved).isFalse();
    assertThat(checkpoints.restore("run", in -> assertThat(in.readInt()).isEqualTo(50)))
        .hasValue(5);
  }

  @Test
  void delete_killedWhileSaving_leavesNothing() throws IOException {
    TrainingCheckpoints checkpoints = every(Duration.ZERO);
    checkpoints.save("run", 5, out -> out.writeInt(50));
    Files.writeString(folder.resolve("run").resolve("6.tmp"), "half");

    checkpoints.delete("run");

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void isDue_savedJustNow_waitsForTheInterval() {
    TrainingCheckpoints checkpoints = every(Duration.ofDays(1));

    assertThat(checkpoints.isDue()).isFalse();
    assertThat(every(Duration.ZERO).isDue()).isTrue();
  }
}
