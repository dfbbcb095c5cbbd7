package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.KafkaProperties;

/** A cluster that wants TLS and a password, reached by the properties file of the Kafka tools. */
final class SecuredClusterIT {
  private static final String PASSWORD = "changeit";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required ";

  @TempDir private Path folder = Path.of("");
  private Path keys = Path.of("");

  private EmbeddedBroker securedBroker() throws Exception {
    keys = folder.resolve("broker.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keyalg",
                    "RSA",
                    "-storetype",
                    "PKCS12",
                    "-alias",
                    "broker",
                    "-dname",
                    "CN=broker",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-keystore",
                    keys.toString(),
                    "-storepass",
                    PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    Map<String, String> settings = new TreeMap<>();
    settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.plaintext.plain.sasl.jaas.config",
        LOGIN
            + "username=\"broker\" password=\"secret\" user_broker=\"secret\" user_anna=\"pass\";");
    settings.put("ssl.keystore.location", keys.toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", PASSWORD);
    settings.put("ssl.truststore.location", keys.toString());
    settings.put("ssl.truststore.type", "PKCS12");
    settings.put("ssl.truststore.password", PASSWORD);
    return EmbeddedBroker.start(folder, settings, failure -> {});
  }

  private Map<String, String> client(String password) throws Exception {
    Path file = folder.resolve("client.properties");
    Files.writeString(
        file,
        """
        # What kafka-topics.sh --command-config would take.
        security.protocol=SASL_SSL
        sasl.mechanism=PLAIN
        sasl.jaas.config=%s username="anna" password="%s";
        ssl.truststore.location=%s
        ssl.truststore.type=PKCS12
        ssl.truststore.password=%s
        """
            .formatted(LOGIN, password, keys, PASSWORD));
    return KafkaProperties.read(file);
  }

  private PipelineRun run(EmbeddedBroker broker, Map<String, String> properties) throws Exception {
    Path experiment = folder.resolve("x.yml");
    Files.writeString(
        experiment,
        """
        name: secured
        source: {kind: trace, path: %s, iterations: 20}
        scenarios:
          - {name: sgs, sparsifier: {kind: sgs}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro")));
    return new PipelineRun(
        Runs.prepared(experiment, "test"),
        Runs.POLICIES,
        PipelineRun.Options.embedded(2, 1)
            .withCluster(broker.bootstrapServers(), properties)
            .withWorkFolder(folder.resolve("work")));
  }

  @Test
  void run_rightPassword_isComplete() throws Exception {
    try (EmbeddedBroker broker = securedBroker()) {
      PipelineRun.Outcome outcome = run(broker, client("pass")).execute(iterations -> {});

      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.report().complete()).isTrue();
    }
  }

  @Test
  void run_wrongPassword_saysThatTheBrokerRefusesIt() throws Exception {
    try (EmbeddedBroker broker = securedBroker()) {
      PipelineRun refused = run(broker, client("wrong"));

      assertThatThrownBy(() -> refused.execute(iterations -> {}))
          .isInstanceOf(ServiceException.class)
          .hasMessageContaining("does not accept this client")
          .hasMessageContaining("check the security settings");
    }
  }

  @Test
  void run_withoutTls_saysThatTheBrokerSpeaksIt() throws Exception {
    try (EmbeddedBroker broker = securedBroker()) {
      PipelineRun plain = run(broker, Map.of());

      assertThatThrownBy(() -> plain.execute(iterations -> {}))
          .isInstanceOf(ServiceException.class)
          .hasMessageContaining(
              broker.bootstrapServers()
                  + " speaks TLS, and this client does not (security.protocol=PLAINTEXT)");
    }
  }

  @Test
  void run_tlsToABrokerWithoutIt_saysSo() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, failure -> {})) {
      PipelineRun secured = run(broker, Map.of("security.protocol", "SSL"));

      assertThatThrownBy(() -> secured.execute(iterations -> {}))
          .isInstanceOf(ServiceException.class)
          .hasMessageContaining(broker.bootstrapServers())
          .hasMessageMatching("(?s).*(TLS|SSL).*");
    }
  }
}
