package org.sgsars.service;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs on the topic {@code runs}. For one thread. */
public final class KafkaRunCatalog implements RunCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRunCatalog.class);

  private final TopicReader reader;
  private final Map<String, RunPlan> plans = new HashMap<>();

  public KafkaRunCatalog(KafkaAccess kafka) {
    reader = new TopicReader(kafka, List.of(kafka.topics().runs()));
  }

  @Override
  public Optional<RunPlan> find(String run) {
    if (!plans.containsKey(run)) {
      reader.readToEnd(this::take);
    }
    return Optional.ofNullable(plans.get(run));
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null || !WireFormat.RUN_MANIFEST.recognises(record.value())) {
      return;
    }
    try {
      RunPlan plan = WireModel.fromWire(WireFormat.RUN_MANIFEST.decode(record.value()));
      plans.putIfAbsent(plan.run(), plan);
    } catch (WireException e) {
      LOG.warn(
          "Manifest at {}@{} is unusable: {}", record.topic(), record.offset(), e.getMessage());
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
