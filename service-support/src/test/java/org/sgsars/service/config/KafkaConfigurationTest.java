package org.sgsars.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.MapPropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.KafkaSettings;

/** Settings from where users put them: a file, the command line, the environment. */
final class KafkaConfigurationTest {
  @TempDir private Path folder = Path.of("");

  private static KafkaSettings settings(PropertyConvention convention, Map<String, Object> values) {
    try (ApplicationContext context =
        ApplicationContext.builder()
            .propertySources(
                new MapPropertySource("test", values) {
                  @Override
                  public PropertyConvention getConvention() {
                    return convention;
                  }
                })
            .start()) {
      Map<String, String> environment = new TreeMap<>();
      if (convention == PropertyConvention.ENVIRONMENT_VARIABLE) {
        values.forEach((name, value) -> environment.put(name, value.toString()));
      }
      return context.getBean(KafkaConfiguration.class).settings(environment);
    }
  }

  @Test
  void settings_everyKeyOnTheCommandLine_arrives() {
    KafkaSettings settings =
        settings(
            PropertyConvention.JAVA_PROPERTIES,
            Map.of(
                "sgsars.kafka.bootstrap-servers", "here:1,there:2",
                "sgsars.kafka.topic-prefix", "lab.",
                "sgsars.kafka.partitions", "3",
                "sgsars.kafka.replication-factor", "2",
                "sgsars.kafka.broker-wait", "7s",
                "sgsars.kafka.properties.security.protocol", "SSL"));

    assertThat(settings)
        .isEqualTo(
            new KafkaSettings(
                "here:1,there:2",
                "lab.",
                3,
                2,
                Duration.ofSeconds(7),
                Map.of("security.protocol", "SSL")));
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "sgsars.kafka.partitions|0|0; allowed: a whole number from 1 to 10000",
        "sgsars.kafka.partitions|10001|10001; allowed: a whole number from 1 to 10000",
        "sgsars.kafka.replication-factor|0|0; allowed: -1 for the broker's default, or a whole number from 1 to 32767",
        "sgsars.kafka.replication-factor|32768|32768; allowed: -1 for the broker's default, or a whole number from 1 to 32767",
        "sgsars.kafka.broker-wait|25h|PT25H; allowed: 0s to 1d"
      })
  void settings_numberOutOfItsLimits_namesValueAndWhatIsAllowed(
      String key, String value, String problem) {
    assertThatThrownBy(() -> settings(PropertyConvention.JAVA_PROPERTIES, Map.of(key, value)))
        .isInstanceOf(ServiceException.class)
        .hasMessage(key + " is " + problem);
  }

  @Test
  void settings_everyKeyInTheEnvironment_arrives() {
    KafkaSettings settings =
        settings(
            PropertyConvention.ENVIRONMENT_VARIABLE,
            Map.of(
                "SGSARS_KAFKA_BOOTSTRAP_SERVERS", "here:1,there:2",
                "SGSARS_KAFKA_TOPIC_PREFIX", "lab.",
                "SGSARS_KAFKA_PARTITIONS", "3",
                "SGSARS_KAFKA_REPLICATION_FACTOR", "2",
                "SGSARS_KAFKA_BROKER_WAIT", "7s",
                "SGSARS_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL",
                "SGSARS_KAFKA_PROPERTIES_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", "https"));

    assertThat(settings)
        .isEqualTo(
            new KafkaSettings(
                "here:1,there:2",
                "lab.",
                3,
                2,
                Duration.ofSeconds(7),
                Map.of(
                    "security.protocol",
                    "SASL_SSL",
                    "ssl.endpoint.identification.algorithm",
                    "https")));
  }

  @Test
  void settings_propertiesFile_isReadAndSinglePropertiesGoBeforeIt() throws Exception {
    Path file = folder.resolve("client.properties");
    Files.writeString(file, "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n");

    KafkaSettings settings =
        settings(
            PropertyConvention.JAVA_PROPERTIES,
            Map.of(
                "sgsars.kafka.properties-file",
                file.toString(),
                "sgsars.kafka.properties.sasl.mechanism",
                "SCRAM-SHA-512"));

    assertThat(settings.properties())
        .isEqualTo(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512"));
  }

  @Test
  void settings_propertiesFileThatIsNotThere_isNamed() {
    assertThatThrownBy(
            () ->
                settings(
                    PropertyConvention.JAVA_PROPERTIES,
                    Map.of("sgsars.kafka.properties-file", "/no/such/client.properties")))
        .isInstanceOf(ServiceException.class)
        .hasMessage("Kafka properties file /no/such/client.properties does not exist");
  }
}
