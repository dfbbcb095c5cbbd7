package org.sgsars.service.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import io.micronaut.core.naming.conventions.StringConvention;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sgsars.service.KafkaSettings;

/** {@code sgsars.kafka}: see {@link KafkaSettings} for what each setting means. */
@ConfigurationProperties("sgsars.kafka")
public record KafkaConfiguration(
    @Bindable(defaultValue = "localhost:9092") String bootstrapServers,
    @Bindable(defaultValue = "") String topicPrefix,
    @Bindable(defaultValue = "8") int partitions,
    @Bindable(defaultValue = "-1") int replicationFactor,
    @Bindable(defaultValue = "30s") Duration brokerWait,
    @MapFormat(transformation = MapFormat.MapTransformation.FLAT, keyFormat = StringConvention.RAW)
        @Nullable Map<String, String> properties) {

  public KafkaSettings settings() {
    return new KafkaSettings(
        bootstrapServers,
        topicPrefix,
        partitions,
        replicationFactor,
        brokerWait,
        properties == null ? Map.of() : new TreeMap<>(properties));
  }
}
