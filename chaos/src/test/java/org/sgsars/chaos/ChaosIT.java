package org.sgsars.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** About one fault of each kind; {@code scripts/chaos.sh} makes them by the hundred. */
final class ChaosIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXPERIMENT = PROJECT.resolve("chaos/experiment.yml");
  private static final long ITERATIONS = 6_000;
  private static final long SEED = 3;

  @TempDir private Path folder = Path.of("");

  private ChaosRun.Outcome run(ClusterShape shape, List<Fault> kinds, boolean isShuffled)
      throws Exception {
    return run(shape, kinds, isShuffled, ITERATIONS);
  }

  private ChaosRun.Outcome run(
      ClusterShape shape, List<Fault> kinds, boolean isShuffled, long iterations) throws Exception {
    ChaosRun.Settings settings =
        new ChaosRun.Settings(
            PROJECT,
            shape,
            EXPERIMENT,
            iterations,
            Main.undisturbed(EXPERIMENT, iterations, folder.resolve("undisturbed")),
            new ChaosRun.Faults(kinds, kinds.size(), 1000, isShuffled),
            Duration.ofMinutes(5),
            false);
    return new ChaosRun(settings, SEED, folder.resolve("chaos"), System.out::println).run();
  }

  @Test
  void run_faultsOfMachinesAndNetwork_sameReport() throws Exception {
    ClusterShape shape = new ClusterShape(1, ClusterShape.Store.KAFKA);

    ChaosRun.Outcome outcome = run(shape, Fault.of(shape), true, 3 * ITERATIONS);

    assertThat(outcome.problem()).isEmpty();
    // Not all can happen at any time, and the run may end before the last.
    assertThat(outcome.faults()).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void run_faultsOfSharedFolder_sameReport() throws Exception {
    List<Fault> kinds =
        List.of(Fault.TORN_STATE, Fault.CORRUPT_STATE, Fault.FULL_DISK, Fault.LOSE_STATE);

    ChaosRun.Outcome outcome = run(new ClusterShape(1, ClusterShape.Store.FOLDER), kinds, false);

    assertThat(outcome.problem()).isEmpty();
    assertThat(outcome.faults()).hasSizeGreaterThanOrEqualTo(2);
  }

  /**
   * With two brokers left, of which a record has to be on both, nothing goes on while one is away.
   */
  @Test
  void run_threeBrokersOneLostForEver_sameReport() throws Exception {
    List<Fault> kinds = List.of(Fault.MOVE_LEADERS, Fault.LOSE_BROKER, Fault.ROLLING_RESTART);

    ChaosRun.Outcome outcome =
        run(new ClusterShape(ClusterShape.SEVERAL, ClusterShape.Store.KAFKA), kinds, false);

    assertThat(outcome.problem()).isEmpty();
    assertThat(outcome.faults()).containsOnlyKeys(kinds);
  }
}
