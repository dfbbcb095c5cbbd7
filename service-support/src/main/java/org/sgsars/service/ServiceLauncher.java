package org.sgsars.service;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.sgsars.failure.FailureReason;

/**
 * Runs a service as a process: HTTP view up, topics there, work until done or told to stop. Exit
 * code 0 after work done or a stop asked for, 1 if it cannot start or go on, with the reason on
 * standard error.
 */
public final class ServiceLauncher {
  private ServiceLauncher() {}

  /**
   * Never returns.
   *
   * @param main the service's main class
   * @param about what the service does, in one sentence
   */
  public static void launch(Class<?> main, String service, String about, String... args) {
    ProcessDefaults.set();
    List<String> given = List.of(args);
    if (given.contains("--help") || given.contains("-h")) {
      System.out.printf(
          """
          %s: %s

          usage: java -jar %s.jar [--KEY=VALUE ...]

          Settings come from application.yml inside the jar, then the environment, then the command line:
            --sgsars.kafka.bootstrap-servers=HOST:PORT   or SGSARS_KAFKA_BOOTSTRAP_SERVERS   (localhost:9092)
            --sgsars.kafka.topic-prefix=TEXT             or SGSARS_KAFKA_TOPIC_PREFIX        (none)
            --sgsars.state.store=kafka|folder            or SGSARS_STATE_STORE               (kafka)
            --sgsars.state.folder=DIR                    or SGSARS_STATE_FOLDER              (state/%s)
            --micronaut.server.port=PORT                 or MICRONAUT_SERVER_PORT
            --micronaut.server.host=ADDRESS              or MICRONAUT_SERVER_HOST            (127.0.0.1)
          docs/reference/settings.md lists them all. HTTP: /health, /status, /prometheus.
          """,
          service, about, service, service);
      System.exit(0);
    }
    if (given.contains("--version")) {
      System.out.println(service + " " + version(main));
      System.exit(0);
    }
    System.exit(run(main, args));
  }

  /** Version of the jar that a class is in. */
  public static String version(Class<?> main) {
    String version = main.getPackage().getImplementationVersion();
    return version == null ? "(not built as a jar)" : version;
  }

  private static int run(Class<?> main, String... args) {
    CountDownLatch done = new CountDownLatch(1);
    try (ApplicationContext context =
        ApplicationContext.builder(main).args(args).banner(false).start()) {
      context.getBean(EmbeddedServer.class).start();
      context.getBean(PipelineLog.class).prepareTopics();
      PipelineService service = context.getBean(PipelineService.class);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service, done), "stop"));
      service.run();
      return 0;
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      System.err.println(main.getPackage().getName() + ": " + FailureReason.of(e));
      return 1;
    } finally {
      done.countDown();
    }
  }

  private static void stop(PipelineService service, CountDownLatch done) {
    service.close();
    try {
      if (!done.await(30, java.util.concurrent.TimeUnit.SECONDS)) {
        System.err.println("Did not stop within 30 s; the state saved last is kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
