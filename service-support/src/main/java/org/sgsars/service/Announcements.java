package org.sgsars.service;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.experiment.CheckedPlan;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.StateLost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the records of the topic {@code runs} say, in their order. A run is known as long as its
 * announcement is on the topic and no retirement follows; a retirement, as long as that is on the
 * topic and no announcement follows.
 */
final class Announcements {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

  /** Where a record stands. */
  private record Place(TopicPartition partition, long offset) {
    static Place of(ConsumerRecord<?, ?> record) {
      return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    boolean isDeleted(Map<TopicPartition, Long> beginningOffsets) {
      return offset < beginningOffsets.getOrDefault(partition, 0L);
    }

    @Override
    public String toString() {
      return partition + "@" + offset;
    }
  }

  private record Announced(CheckedPlan checked, Place place) {
    RunPlan plan() {
      return checked.plan();
    }
  }

  private record Refused(String reason, Place place) {}

  private final Policies policies;
  private final Map<String, Announced> runs = new HashMap<>();

  /** Announcements that cannot be read, by the run if that can be told, else by their key. */
  private final Map<String, Refused> refused = new HashMap<>();

  private final Set<String> aborted = new HashSet<>();
  private final Map<String, String> lost = new HashMap<>();

  /** Which parts of a run its announcements are of, as they say it. */
  private final Map<String, Set<String>> shards = new HashMap<>();

  /** Retirements, by the run's name. */
  private final Map<String, Place> retired = new HashMap<>();

  private final Set<String> retiredSince = new TreeSet<>();

  /**
   * Runs that were returned to a caller, which may keep something of them. Of others there is
   * nothing to drop: who reads all that was ever said meets runs that were retired long ago, whose
   * names others have.
   */
  private final Set<String> followed = new HashSet<>();

  /**
   * @param policies whose settings are filled in and checked
   */
  Announcements(Policies policies) {
    this.policies = policies;
  }

  Optional<RunPlan> find(String run) {
    Optional<RunPlan> plan = Optional.ofNullable(runs.get(run)).map(Announced::plan);
    plan.ifPresent(of -> followed.add(run));
    return plan;
  }

  /** See {@link RunCatalog#problem}. */
  Optional<String> problem(String run) {
    Announced known = runs.get(run);
    return known == null
        ? Optional.ofNullable(refused.get(run)).map(Refused::reason)
        : known.checked().problem();
  }

  Set<String> announced() {
    followed.addAll(runs.keySet());
    return Set.copyOf(runs.keySet());
  }

  Stream<RunPlan> plans() {
    return runs.values().stream().map(Announced::plan);
  }

  Optional<String> stateLost(String run) {
    return Optional.ofNullable(lost.get(run));
  }

  /** See {@link KafkaRunCatalog#shards}. */
  Set<String> shards(String run) {
    return Set.copyOf(shards.getOrDefault(run, Set.of()));
  }

  boolean isAborted(String run) {
    return aborted.contains(run);
  }

  boolean isRetired(String run) {
    return retired.containsKey(RunPlan.nameOf(run));
  }

  /** The runs that were returned to a caller and were retired since the last call. */
  Set<String> drainRetired() {
    Set<String> since = Set.copyOf(retiredSince);
    retiredSince.clear();
    return since;
  }

  /**
   * Evicts what was announced in records that are deleted.
   *
   * @param beginningOffsets each partition's first offset
   */
  void evictDeleted(Map<TopicPartition, Long> beginningOffsets) {
    for (Announced run : List.copyOf(runs.values())) {
      if (run.place().isDeleted(beginningOffsets)) {
        evict(RunPlan.nameOf(run.plan().run()));
      }
    }
    retired.values().removeIf(place -> place.isDeleted(beginningOffsets));
    refused.values().removeIf(refusal -> refusal.place().isDeleted(beginningOffsets));
  }

  void apply(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    try {
      if (WireFormat.RUN_ABORTED.recognises(value)) {
        aborted.add(WireFormat.RUN_ABORTED.decode(value).getRun());
      } else if (WireFormat.STATE_LOST.recognises(value)) {
        StateLost loss = WireFormat.STATE_LOST.decode(value);
        lost.putIfAbsent(loss.getRun(), loss.getService() + ": " + loss.getReason());
      } else if (WireFormat.RUN_RETIRED.recognises(value)) {
        String name = WireFormat.RUN_RETIRED.decode(value).getRun();
        retired.put(name, Place.of(record));
        evict(name);
      } else {
        RunManifest manifest = WireFormat.RUN_MANIFEST.decode(value);
        announce(manifest, Place.of(record));
        recordShard(manifest.getRun(), record.headers());
      }
    } catch (WireException | RuntimeException e) {
      refuse(
          record.key() == null ? "" : record.key(),
          Place.of(record),
          WriterVersion.explain(e, record));
    }
  }

  private void announce(RunManifest manifest, Place place) {
    CheckedPlan checked;
    try {
      checked = CheckedPlan.of(WireModel.fromWire(manifest), policies);
    } catch (WireException | RuntimeException e) {
      refuse(manifest.getRun(), place, String.valueOf(e.getMessage()));
      return;
    }
    RunPlan plan = checked.plan();
    // Announced after it was retired, it is another run.
    retired.remove(RunPlan.nameOf(plan.run()));
    refused.remove(plan.run());
    if (runs.putIfAbsent(plan.run(), new Announced(checked, place)) == null) {
      checked
          .problem()
          .ifPresent(problem -> LOG.info("Run {} at {}: {}", plan.run(), place, problem));
    }
    // Announced again, a run goes on.
    aborted.remove(plan.run());
  }

  private void recordShard(String run, Headers headers) {
    Header shard = headers.lastHeader(Topics.SHARD_HEADER);
    String part = shard == null ? "0/1" : new String(shard.value(), StandardCharsets.UTF_8);
    if (runs.containsKey(run)) {
      shards.computeIfAbsent(run, r -> new TreeSet<>()).add(part);
    }
  }

  /** The letter is the analyzer's, which reads all of the topic; here whoever asks is told. */
  private void refuse(String run, Place place, String why) {
    LOG.info("Record {} with key '{}' cannot be used: {}", place, run, why);
    if (!runs.containsKey(run)) {
      refused.put(run, new Refused("%s cannot be used: %s".formatted(place, why), place));
    }
  }

  private void evict(String name) {
    for (String run : List.copyOf(runs.keySet())) {
      if (RunPlan.nameOf(run).equals(name)) {
        runs.remove(run);
        if (followed.remove(run)) {
          retiredSince.add(run);
        }
      }
    }
    aborted.removeIf(run -> RunPlan.nameOf(run).equals(name));
    lost.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
    refused.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
    shards.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
  }
}
