package org.sgsars.analyzer.config;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.page.RunPages;
import org.sgsars.analyzer.report.LifetimeTable;
import org.sgsars.analyzer.report.ReportFolder;
import org.sgsars.policy.Policies;
import org.sgsars.service.DurationLimits;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The analyzer, which gives every run a folder of report files. */
@Factory
@Requires(property = "micronaut.application.name", value = AnalyzerLoop.SERVICE)
final class AnalyzerFactory {
  private static final Logger LOG = LoggerFactory.getLogger(AnalyzerFactory.class);

  /** A hundred years. */
  private static final int MOST_KEPT = 36_500;

  @Singleton
  @Bean(typed = {RunPages.class, LivePages.class})
  LivePages pages(
      AnalyzerLoop analyzer, @Value("${sgsars.analyzer.reports:reports}") String folder) {
    return new LivePages(analyzer, new PageFolder(Path.of(folder)));
  }

  @Singleton
  @Bean(typed = {PipelineService.class, AnalyzerLoop.class})
  AnalyzerLoop analyzer(
      PipelineLog kafka,
      Policies policies,
      @Value("${sgsars.analyzer.reports:reports}") String folder,
      @Value("${sgsars.analyzer.keep-finished:7d}") Duration keepFinished,
      @Value("${sgsars.analyzer.keep-unfinished:60d}") Duration keepUnfinished,
      @Value("${sgsars.analyzer.clock-difference:3h}") Duration clockDifference) {
    Path reports = Path.of(folder);
    Retention.Times keep =
        new Retention.Times(
            DurationLimits.atMostDays("sgsars.analyzer.keep-finished", keepFinished, MOST_KEPT),
            DurationLimits.atMostDays("sgsars.analyzer.keep-unfinished", keepUnfinished, MOST_KEPT),
            DurationLimits.atMostDays("sgsars.analyzer.clock-difference", clockDifference, 1));
    return new AnalyzerLoop(kafka, Optional.of(keep), policies, report -> write(report, reports));
  }

  private static void write(LifetimeReport report, Path reports) {
    Path folder = reports.resolve(report.plan().run());
    ReportFolder.write(report, folder)
        .forEach(problem -> LOG.warn("Left out of the report in {}: {}", folder, problem));
    LOG.info(
        "{}\nreport: {}",
        LifetimeTable.render(report, report.notices()),
        folder.resolve("report.html"));
  }
}
