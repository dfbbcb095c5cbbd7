package org.sgsars.service;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.wire.StateLost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs on the topic {@code runs}. For one thread. A run is known as long as its announcement is
 * on the topic and no retirement follows; a retirement, as long as that is on the topic and no
 * announcement follows.
 */
public final class KafkaRunCatalog implements RunCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRunCatalog.class);

  /** Nobody waits longer for a look at what may be retired. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Where a record stands. */
  private record Place(TopicPartition partition, long offset) {
    static Place of(ConsumerRecord<?, ?> record) {
      return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    boolean isDeleted(Map<TopicPartition, Long> begins) {
      return offset < begins.getOrDefault(partition, 0L);
    }
  }

  private record Announced(RunPlan plan, Place place) {}

  private final TopicReader reader;
  private final Map<String, Announced> runs = new HashMap<>();
  private final Set<String> aborted = new HashSet<>();
  private final Map<String, String> lost = new HashMap<>();

  /** Retirements, by the run's name. */
  private final Map<String, Place> retired = new HashMap<>();

  private boolean expectsNews = true;
  private final Set<String> retiredSince = new TreeSet<>();

  public KafkaRunCatalog(KafkaAccess kafka) {
    reader = new TopicReader(kafka, List.of(kafka.topics().runs()));
  }

  @Override
  public Optional<RunPlan> find(String run) {
    if (!runs.containsKey(run) && (expectsNews || !isRetired(run))) {
      reader.readToEnd(this::take);
      expectsNews = false;
    }
    return Optional.ofNullable(runs.get(run)).map(Announced::plan);
  }

  @Override
  public void expectNews() {
    expectsNews = true;
  }

  @Override
  public Set<String> announced() {
    reader.readToEnd(this::take);
    return Set.copyOf(runs.keySet());
  }

  /** The last attempt of a run that was announced by now. */
  public Optional<RunPlan> lastAttempt(String name) {
    reader.readToEnd(this::take);
    return runs.values().stream()
        .map(Announced::plan)
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

  @Override
  public boolean isRetired(String run) {
    return retired.containsKey(RunPlan.nameOf(run));
  }

  @Override
  public Set<String> takeRetired() {
    reader.tryToReadToEnd(PATIENCE, this::take).ifPresent(this::forgetDeleted);
    Set<String> since = Set.copyOf(retiredSince);
    retiredSince.clear();
    return since;
  }

  private void forgetDeleted(Map<TopicPartition, Long> begins) {
    for (Announced run : List.copyOf(runs.values())) {
      if (run.place().isDeleted(begins)) {
        forget(RunPlan.nameOf(run.plan().run()));
      }
    }
    retired.values().removeIf(place -> place.isDeleted(begins));
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    try {
      if (WireFormat.RUN_MANIFEST.recognises(value)) {
        announce(WireModel.fromWire(WireFormat.RUN_MANIFEST.decode(value)), Place.of(record));
      } else if (WireFormat.RUN_ABORTED.recognises(value)) {
        aborted.add(WireFormat.RUN_ABORTED.decode(value).getRun());
      } else if (WireFormat.STATE_LOST.recognises(value)) {
        StateLost loss = WireFormat.STATE_LOST.decode(value);
        lost.putIfAbsent(loss.getRun(), loss.getService() + ": " + loss.getReason());
      } else if (WireFormat.RUN_RETIRED.recognises(value)) {
        String name = WireFormat.RUN_RETIRED.decode(value).getRun();
        retired.put(name, Place.of(record));
        forget(name);
      }
    } catch (WireException e) {
      LOG.warn("Record {}@{} is unusable: {}", record.topic(), record.offset(), e.getMessage());
    }
  }

  private void announce(RunPlan plan, Place place) {
    // Announced after it was retired, it is another run.
    retired.remove(RunPlan.nameOf(plan.run()));
    runs.putIfAbsent(plan.run(), new Announced(plan, place));
    // Announced again, a run goes on.
    aborted.remove(plan.run());
  }

  private void forget(String name) {
    for (String run : List.copyOf(runs.keySet())) {
      if (RunPlan.nameOf(run).equals(name)) {
        runs.remove(run);
        retiredSince.add(run);
      }
    }
    aborted.removeIf(run -> RunPlan.nameOf(run).equals(name));
    lost.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
  }

  @Override
  public void close() {
    reader.close();
  }
}
