package org.sgsars.sgs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What probes see of a service that waits for its broker at the start. */
final class HealthTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static ApplicationContext context = ApplicationContext.builder().build();
  private static URI address = URI.create("");

  @BeforeAll
  static void startWithoutABroker() {
    context =
        ApplicationContext.builder(Main.class)
            .args(
                "--sgsars.kafka.bootstrap-servers=127.0.0.1:1",
                "--micronaut.server.host=127.0.0.1",
                "--micronaut.server.port=-1")
            .banner(false)
            .start();
    address = context.getBean(EmbeddedServer.class).start().getURI();
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(5)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void health_brokerIsAway_isDownAndSaidAtOnce() throws Exception {
    HttpResponse<String> answer = get("/health");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"brokerReachable\":false", "\"working\":false");
  }

  /** A restart brings no broker back. */
  @Test
  void liveness_brokerIsAway_isUp() throws Exception {
    assertThat(get("/health/liveness").statusCode()).isEqualTo(200);
  }
}
