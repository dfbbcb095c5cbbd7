package org.sgsars.standalone;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.sgsars.analyzer.core.LifetimeReport;

/** The reports that an analyzer makes, as they come. */
final class ReceivedReports implements Consumer<LifetimeReport> {
  private final List<LifetimeReport> reports = new CopyOnWriteArrayList<>();

  @Override
  public void accept(LifetimeReport report) {
    reports.add(report);
  }

  /** Waits for a report of a run, and gives the last. */
  LifetimeReport await(String run, Duration patience) {
    Awaitility.await("report of " + run).atMost(patience).until(() -> last(run).isPresent());
    return last(run).orElseThrow();
  }

  /** The last report of a run; empty if none has come. */
  Optional<LifetimeReport> last(String run) {
    return reports.stream()
        .filter(report -> report.plan().run().equals(run))
        .reduce((first, last) -> last);
  }
}
