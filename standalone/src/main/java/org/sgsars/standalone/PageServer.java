package org.sgsars.standalone;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Map;
import org.sgsars.analyzer.page.RunPages;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;

/** Serves the page in this process, on the loopback address. */
final class PageServer implements AutoCloseable {
  private final ApplicationContext context;
  private final EmbeddedServer server;

  /**
   * @param pages what is shown
   * @param reports folder of the reports' files
   * @param port to listen at; 0 for one that is free
   * @throws ServiceException if it is taken
   */
  PageServer(RunPages pages, Path reports, int port) {
    context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(
                Map.of(
                    "micronaut.application.name",
                    "page",
                    "micronaut.server.host",
                    "127.0.0.1",
                    "micronaut.server.port",
                    port == 0 ? -1 : port,
                    "micronaut.router.static-resources.page.paths",
                    "classpath:page",
                    "micronaut.router.static-resources.page.mapping",
                    "/**",
                    "micronaut.router.static-resources.charts.paths",
                    "classpath:META-INF/resources/webjars/echarts/5.5.0",
                    "micronaut.router.static-resources.charts.mapping",
                    "/charts/**",
                    "sgsars.analyzer.reports",
                    reports.toString()))
            .build();
    try {
      context.registerSingleton(RunPages.class, pages);
      context.start();
      server = context.getBean(EmbeddedServer.class).start();
    } catch (RuntimeException e) {
      context.close();
      throw new ServiceException(
          "The page cannot be served at port %d: %s".formatted(port, reason(e)), e);
    }
  }

  private static String reason(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return cause.getMessage() + "; choose another by --port";
      }
    }
    return FailureReason.of(failure);
  }

  /** Where it is to be seen. */
  String address() {
    return "http://127.0.0.1:%d/".formatted(server.getPort());
  }

  @Override
  public void close() {
    context.close();
  }
}
