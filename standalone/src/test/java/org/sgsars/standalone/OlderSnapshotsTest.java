package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.model.RunPlan;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.SnapshotStore;
import org.sgsars.service.StateFolder;
import org.sgsars.standalone.SnapshotAfterEveryRecordTest.Run;
import org.sgsars.standalone.StagesInMemory.Restarts;

/**
 * Services continue from the snapshots that earlier releases saved. {@code
 * src/test/resources/snapshots/RELEASE} has them, for runs that use every policy of the release:
 * the experiment of each run, and what each service saved in its folder after about two fifths of
 * its input. These files never change; {@code -Dsnapshots.write=RELEASE} writes those of this
 * version, before it is released.
 *
 * <p>The lifetime-analyzer has no snapshots: it reads its topics from their beginning.
 */
final class OlderSnapshotsTest {
  private static final Path RELEASES = Path.of("src/test/resources/snapshots");
  private static final Topics TOPICS = new Topics("");
  private static final SnapshotStore.Key KEY = new SnapshotStore.Key("r-0", 0);
  private static final List<String> SERVICES =
      List.of("sgs-service", "ars-controller", "crossbar-sim");

  @TempDir Path folder;

  static Stream<Path> runs() throws Exception {
    String written = System.getProperty("snapshots.write");
    if (written != null) {
      writeAll(RELEASES.resolve(written));
    }
    try (Stream<Path> releases = Files.list(RELEASES)) {
      return releases.sorted().toList().stream().flatMap(OlderSnapshotsTest::sorted);
    }
  }

  private static Stream<Path> sorted(Path release) {
    try (Stream<Path> runs = Files.list(release)) {
      return runs.sorted().toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void restore_snapshotsOfEarlierRelease_sendsTheSameBytes(Path run) throws Exception {
    RunPlan plan = plan(run);
    StagesInMemory never =
        new StagesInMemory(plan, SnapshotAfterEveryRecordTest.POLICIES, Restarts.NEVER);
    never.run(SnapshotAfterEveryRecordTest.gradients(plan));
    Map<String, Integer> restored = new HashMap<>();

    StagesInMemory once =
        new StagesInMemory(
            plan,
            SnapshotAfterEveryRecordTest.POLICIES,
            (stage, records, worker) -> restart(run, stage.service(), records, restored));
    once.run(SnapshotAfterEveryRecordTest.gradients(plan));

    assertThat(restored).containsOnlyKeys(SERVICES);
    for (String topic : TOPICS.all()) {
      assertThat(SnapshotAfterEveryRecordTest.described(once.entries(topic)))
          .as(topic)
          .isEqualTo(SnapshotAfterEveryRecordTest.described(never.entries(topic)));
    }
  }

  private static RunPlan plan(Path run) throws Exception {
    return SnapshotAfterEveryRecordTest.plan(
        run.resolve("experiment.yml"), Run.valueOf(run.getFileName().toString()).trains());
  }

  /** From the snapshot of a service, once, after as many records as it is of. */
  private Optional<Restarts.Restorer> restart(
      Path run, String service, int records, Map<String, Integer> restored) throws IOException {
    Path saved = run.resolve(service).resolve(KEY.name());
    String name = "%020d.state".formatted(records);
    if (restored.containsKey(service) || !Files.exists(saved.resolve(name))) {
      return Optional.empty();
    }
    restored.put(service, records);
    Path home = folder.resolve(service);
    Files.createDirectories(home.resolve(KEY.name()));
    Files.copy(saved.resolve(name), home.resolve(KEY.name()).resolve(name));
    return Optional.of(
        fresh -> {
          try (StateFolder states = new StateFolder(home)) {
            assertThat(states.restore(KEY, 0, () -> fresh, PartitionWorker::restore)).isPresent();
          }
        });
  }

  private static void writeAll(Path release) throws Exception {
    for (Run run : Run.values()) {
      Path home = Files.createDirectories(release.resolve(run.name()));
      Files.writeString(home.resolve("experiment.yml"), run.experiment());
      write(home);
    }
  }

  private static void write(Path run) throws Exception {
    RunPlan plan = plan(run);
    StagesInMemory never =
        new StagesInMemory(plan, SnapshotAfterEveryRecordTest.POLICIES, Restarts.NEVER);
    never.run(SnapshotAfterEveryRecordTest.gradients(plan));
    StagesInMemory saving =
        new StagesInMemory(
            plan,
            SnapshotAfterEveryRecordTest.POLICIES,
            (stage, records, worker) -> {
              int due = never.entries(stage.inputTopic(TOPICS)).size() * 2 / 5;
              Path home = run.resolve(stage.service());
              if (records == due && !Files.exists(home)) {
                try (StateFolder states = new StateFolder(home)) {
                  states.draft(KEY, records, worker::save).publish();
                }
              }
              return Optional.empty();
            });
    saving.run(SnapshotAfterEveryRecordTest.gradients(plan));
  }
}
