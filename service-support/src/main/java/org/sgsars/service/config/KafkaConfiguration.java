package org.sgsars.service.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import io.micronaut.core.naming.conventions.StringConvention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sgsars.service.KafkaProperties;
import org.sgsars.service.KafkaSettings;

/**
 * {@code sgsars.kafka}: see {@link KafkaSettings} for what each setting means.
 *
 * @param propertiesFile a file of more client properties, which single ones override
 */
@ConfigurationProperties("sgsars.kafka")
public record KafkaConfiguration(
    @Bindable(defaultValue = "localhost:9092") String bootstrapServers,
    @Bindable(defaultValue = "") String topicPrefix,
    @Bindable(defaultValue = "8") int partitions,
    @Bindable(defaultValue = "-1") int replicationFactor,
    @Bindable(defaultValue = "30s") Duration brokerWait,
    @Bindable(defaultValue = "") String propertiesFile,
    @MapFormat(transformation = MapFormat.MapTransformation.FLAT, keyFormat = StringConvention.RAW)
        @Nullable Map<String, String> properties) {

  /**
   * @param environment of the process; its {@code SGSARS_KAFKA_PROPERTIES_*} go before the file's
   *     properties and after those given one by one
   */
  KafkaSettings settings(Map<String, String> environment) {
    Map<String, String> all =
        propertiesFile.isBlank()
            ? new TreeMap<>()
            : new TreeMap<>(KafkaProperties.read(Path.of(propertiesFile)));
    all.putAll(KafkaProperties.of(environment));
    all.putAll(properties == null ? Map.of() : properties);
    return new KafkaSettings(
        bootstrapServers, topicPrefix, partitions, replicationFactor, brokerWait, all);
  }
}
