package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka changes nothing of a report, whatever the tests of logic in memory say. */
final class SameReportIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void run_onABroker_isTheReportOfTheLogInMemory() throws Exception {
    Path quickstart = SpreadIT.experiment(folder, 1700);
    assertThat(Runs.runOnBroker(quickstart, 4, 2, folder.resolve("broker")).failure()).isEmpty();
    assertThat(Runs.run(quickstart, 1, 1, folder.resolve("memory")).failure()).isEmpty();

    assertThat(Runs.timeless(folder.resolve("broker")))
        .isEqualTo(Runs.timeless(folder.resolve("memory")));
  }
}
