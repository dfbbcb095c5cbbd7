package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceLoop;
import org.sgsars.service.Stage;
import org.sgsars.service.StateFolder;

/** Services that run in threads of the test, until they are stopped. */
public final class RunningServices {
  private static final Duration SAVE_INTERVAL = Duration.ofMillis(200);

  private final PipelineLog kafka;
  private final Path states;
  private final Duration patience;
  private final ConcurrentMap<PipelineService, Thread> threads = new ConcurrentHashMap<>();
  private final ConcurrentMap<PipelineService, Throwable> failures = new ConcurrentHashMap<>();

  /**
   * @param states folder of the saved states
   * @param patience longest time for a service to end
   */
  public RunningServices(PipelineLog kafka, Path states, Duration patience) {
    this.kafka = kafka;
    this.states = states;
    this.patience = patience;
  }

  public <T extends PipelineService> T start(T service) {
    Thread thread =
        new Thread(
            () -> {
              try {
                service.run();
              } catch (RuntimeException | Error e) {
                failures.put(service, e);
              }
            },
            service.status().service());
    thread.setDaemon(true);
    threads.put(service, thread);
    thread.start();
    return service;
  }

  public ServiceLoop start(Stage stage) {
    return start(new ServiceLoop(stage, kafka, new StateFolder(states), SAVE_INTERVAL));
  }

  /** What ended services that were not asked to end. */
  public Map<PipelineService, Throwable> failures() {
    return failures;
  }

  /** Waits for a service's end. */
  public void join(PipelineService service) throws InterruptedException {
    Thread thread = Objects.requireNonNull(threads.get(service));
    thread.join(patience.toMillis());
    assertThat(thread.isAlive()).isFalse();
  }

  public void stop(PipelineService service) throws InterruptedException {
    service.close();
    join(service);
  }

  /** Asks all to end, and waits for them. */
  public void stopAll() throws InterruptedException {
    threads.keySet().forEach(PipelineService::close);
    for (Thread thread : threads.values()) {
      thread.join(patience.toMillis());
    }
  }
}
