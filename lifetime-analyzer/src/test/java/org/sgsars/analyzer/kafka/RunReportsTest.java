package org.sgsars.analyzer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.TinyRun;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.RunWear;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.policy.Policies;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.ServiceStatus;

/** One run, which is done as soon as it is aborted. */
final class RunReportsTest {
  private static final String RUN = TinyRun.PLAN.run();

  private final ManualTime time = new ManualTime(0);
  private final ServiceStatus status = new ServiceStatus("analyzer", List::of, time);
  private final FollowedRuns runs = new FollowedRuns(Policies.onClassPath());
  private final RunWear run = runs.follow(RUN, RunCatalog.of(TinyRun.PLAN)).orElseThrow();
  private final List<LifetimeReport> written = new ArrayList<>();
  private boolean diskIsFull;
  private final RunReports reports = new RunReports(runs, this::write, status, time);

  private void write(LifetimeReport report) {
    if (diskIsFull) {
      throw new IllegalStateException("no room");
    }
    written.add(report);
  }

  private void end() {
    run.abort("by hand");
    reports.changed(RUN);
  }

  @Test
  void areDue_newsOfARunThatGoesOn_areNot() {
    reports.changed(RUN);

    assertThat(reports.areDue()).isFalse();
  }

  @Test
  void publishDue_runIsDone_reportsItOnce() {
    end();
    assertThat(reports.areDue()).isTrue();

    reports.publishDue();
    time.advance(RunReports.BETWEEN_REPORTS);
    reports.publishDue();

    assertThat(written).hasSize(1);
    assertThat(reports.isReported(RUN)).isTrue();
  }

  @Test
  void publishDue_newsAfterTheReport_reportsAgainWhenTheIntervalIsOver() {
    end();
    reports.publishDue();
    reports.changed(RUN);

    time.advance(RunReports.BETWEEN_REPORTS.minus(Duration.ofNanos(1)));
    reports.publishDue();
    assertThat(written).hasSize(1);
    time.advance(Duration.ofNanos(1));
    reports.publishDue();

    assertThat(written).hasSize(2);
  }

  @Test
  void publishDue_reportCannotBeWritten_statusSaysSoUntilItIs() {
    diskIsFull = true;
    end();
    reports.publishDue();
    assertThat(reports.isFailing(RUN)).isTrue();
    assertThat(reports.isReported(RUN)).isFalse();
    assertThat(status.failure()).hasValueSatisfying(why -> assertThat(why).contains("no room"));

    diskIsFull = false;
    time.advance(RunReports.BETWEEN_REPORTS);
    reports.publishDue();

    assertThat(written).hasSize(1);
    assertThat(reports.isFailing(RUN)).isFalse();
    assertThat(status.failure()).isEmpty();
  }

  @Test
  void report_noNewsSinceTheLast_isThatOne() {
    LifetimeReport first = reports.report(RUN).orElseThrow();

    assertThat(reports.report(RUN)).containsSame(first);
    reports.outdate(RUN);

    assertThat(reports.report(RUN).orElseThrow()).isNotSameAs(first);
    assertThat(reports.version(RUN)).isEqualTo(1);
  }

  @Test
  void evict_runIsRetired_nothingOfItIsReported() {
    end();
    Optional<RunWear> evicted = runs.evict(RUN);

    reports.evict(RUN, evicted);

    assertThat(reports.areDue()).isFalse();
    assertThat(reports.report(RUN)).isEmpty();
    assertThat(reports.version(RUN)).isZero();
  }
}
