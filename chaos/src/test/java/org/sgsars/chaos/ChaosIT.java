package org.sgsars.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of all kinds, about one of each; {@code scripts/chaos.sh} makes them by the hundred. */
final class ChaosIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final long ITERATIONS = 6_000;
  private static final long SEED = 3;
  private static final int FAULTS = Fault.values().length;

  @TempDir private Path folder = Path.of("");

  @Test
  void run_faultsOfAllKinds_sameReport() throws Exception {
    Path experiment = PROJECT.resolve("chaos/experiment.yml");
    ChaosRun.Settings settings =
        new ChaosRun.Settings(
            PROJECT,
            experiment,
            ITERATIONS,
            Main.undisturbed(experiment, ITERATIONS, folder.resolve("undisturbed")),
            new ChaosRun.Faults(List.of(Fault.values()), FAULTS, 1000),
            Duration.ofMinutes(5),
            false);

    ChaosRun.Outcome outcome =
        new ChaosRun(settings, SEED, folder.resolve("chaos"), System.out::println).run();

    assertThat(outcome.problem()).isEmpty();
    // Not all can happen at any time, and the run may end before the last.
    assertThat(outcome.faults()).hasSizeGreaterThanOrEqualTo(5);
  }
}
