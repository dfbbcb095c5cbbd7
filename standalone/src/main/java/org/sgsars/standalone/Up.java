package org.sgsars.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.analyzer.page.LivePages;
import org.sgsars.analyzer.page.PageFolder;
import org.sgsars.analyzer.page.RunPages;
import org.sgsars.failure.ServiceException;
import org.sgsars.policy.Policies;
import org.sgsars.producer.kafka.RecordTrimmer;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;

/** A broker, services and the page in this process, for runs that other programs send. */
final class Up {
  /** The services there are, in the order of the data's way. */
  static final List<String> SERVICES =
      Stream.concat(LocalServices.MIDDLE.stream(), Stream.of(AnalyzerLoop.SERVICE)).toList();

  private static final int PARTITIONS = 4;
  private static final long POLL_MS = 50;

  /**
   * Where all that is found.
   *
   * @param servers {@code host:port} of the broker
   * @param page of the page
   */
  record Addresses(String servers, String page) {}

  private final Policies policies;
  private final List<String> services;
  private final PipelineRun.Options options;
  private final int pagePort;
  private final Path reports;
  private final Consumer<LifetimeReport> receiver;
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param services those of {@link #SERVICES} that run here
   * @param port of the broker; 0 for one that is free
   * @param folder keeps topics and states for the next time; empty for one that goes at the end
   * @param pagePort of the page; 0 for one that is free
   * @param reports the folder that the page finds the files of reports in
   * @param receiver takes the report of each run that is done
   */
  Up(
      Policies policies,
      List<String> services,
      int port,
      Optional<Path> folder,
      int pagePort,
      Path reports,
      Consumer<LifetimeReport> receiver) {
    this.policies = policies;
    this.services = List.copyOf(services);
    PipelineRun.Options passing =
        PipelineRun.Options.embedded(PARTITIONS, 1).withLog(new LogChoice.EmbeddedKafka(port));
    this.options = folder.map(passing::keptIn).orElse(passing);
    this.pagePort = pagePort;
    this.reports = reports;
    this.receiver = receiver;
  }

  /** Ends it; what is kept is saved first. From any thread; does not wait. */
  void stop() {
    ended.countDown();
  }

  /**
   * Starts all, and waits for {@link #stop}.
   *
   * @param ready is called once there are topics and the services read them
   * @throws ServiceException if it cannot start, or something fails later, at the end too
   */
  void run(Consumer<Addresses> ready) {
    LocalServices local = new LocalServices(options, ended::countDown);
    try (local) {
      PipelineLog log =
          local.open("", LocalServices.MIDDLE.stream().filter(services::contains).toList());
      List<PipelineService> started = new ArrayList<>();
      RunPages pages = new PageFolder(reports);
      if (services.contains(AnalyzerLoop.SERVICE)) {
        AnalyzerLoop analyzer =
            local.start(
                new AnalyzerLoop(log, Optional.of(Retention.Times.DEFAULTS), policies, receiver));
        started.add(analyzer);
        pages = new LivePages(analyzer, pages);
      }
      started.addAll(local.startMiddle(log, policies, services));
      local.start(new RecordTrimmer(log));
      try (PageServer page = new PageServer(pages, reports, pagePort)) {
        if (awaitReading(started)) {
          ready.accept(new Addresses(log.place(), page.address()));
        }
        ended.await();
      }
      Optional<String> failure = local.failure();
      if (failure.isPresent()) {
        throw new ServiceException(failure.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    local.requireSaved();
  }

  /** Waits until the services are ready for the first record; {@code false} if the end is first. */
  private boolean awaitReading(List<PipelineService> started) throws InterruptedException {
    while (!started.stream().allMatch(Up::reads)) {
      if (ended.await(POLL_MS, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  /** Whose partitions come from its group has some when it is a member. */
  private static boolean reads(PipelineService service) {
    return service.status().isUp()
        && (!(service instanceof ServiceLoop) || service.status().partitions() > 0);
  }
}
