package org.sgsars.service;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.wire.StateLost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs on the topic {@code runs}. For one thread. */
public final class KafkaRunCatalog implements RunCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRunCatalog.class);

  private final TopicReader reader;
  private final Map<String, RunPlan> plans = new HashMap<>();
  private final Set<String> aborted = new HashSet<>();
  private final Map<String, String> lost = new HashMap<>();

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

  @Override
  public Set<String> announced() {
    reader.readToEnd(this::take);
    return Set.copyOf(plans.keySet());
  }

  /** The last attempt of a run that was announced by now. */
  public Optional<RunPlan> lastAttempt(String name) {
    reader.readToEnd(this::take);
    return plans.values().stream()
        .filter(plan -> RunPlan.nameOf(plan.run()).equals(name))
        .max(Comparator.comparingInt(plan -> RunPlan.attemptOf(plan.run())));
  }

  /** Why a run cannot go on where it is but has to begin anew, if a service said so by now. */
  public Optional<String> stateLost(String run) {
    reader.readToEnd(this::take);
    return Optional.ofNullable(lost.get(run));
  }

  @Override
  public boolean isAborted(String run) {
    reader.readToEnd(this::take);
    return aborted.contains(run);
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    try {
      if (WireFormat.RUN_MANIFEST.recognises(value)) {
        RunPlan plan = WireModel.fromWire(WireFormat.RUN_MANIFEST.decode(value));
        plans.putIfAbsent(plan.run(), plan);
        // Announced again, a run goes on.
        aborted.remove(plan.run());
      } else if (WireFormat.RUN_ABORTED.recognises(value)) {
        aborted.add(WireFormat.RUN_ABORTED.decode(value).getRun());
      } else if (WireFormat.STATE_LOST.recognises(value)) {
        StateLost loss = WireFormat.STATE_LOST.decode(value);
        lost.putIfAbsent(loss.getRun(), loss.getService() + ": " + loss.getReason());
      }
    } catch (WireException e) {
      LOG.warn("Record {}@{} is unusable: {}", record.topic(), record.offset(), e.getMessage());
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
