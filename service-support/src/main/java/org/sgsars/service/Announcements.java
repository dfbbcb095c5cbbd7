package org.sgsars.service;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
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

  /**
   * An announcement.
   *
   * @param part which part of the run it is of, as it says it
   */
  private record Announced(CheckedPlan checked, String part, Place place) {
    RunPlan plan() {
      return checked.plan();
    }
  }

  private record Reason(String text, Place place) {}

  private final Policies policies;

  /** What was announced under a name and an attempt, in order; none is empty. */
  private final Map<String, List<Announced>> runs = new HashMap<>();

  /** Announcements that cannot be read, by the run if that can be told, else by their key. */
  private final Map<String, Reason> refused = new HashMap<>();

  private final Map<String, Place> aborted = new HashMap<>();
  private final Map<String, Reason> lost = new HashMap<>();

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
    Optional<RunPlan> plan = Optional.ofNullable(runs.get(run)).map(of -> of.get(0).plan());
    plan.ifPresent(of -> followed.add(run));
    return plan;
  }

  /** See {@link RunCatalog#problem}. */
  Optional<String> problem(String run) {
    List<Announced> known = runs.get(run);
    return known == null
        ? Optional.ofNullable(refused.get(run)).map(Reason::text)
        : known.get(0).checked().problem();
  }

  Set<String> announced() {
    followed.addAll(runs.keySet());
    return Set.copyOf(runs.keySet());
  }

  Stream<RunPlan> plans() {
    return runs.values().stream().map(of -> of.get(0).plan());
  }

  Optional<String> stateLost(String run) {
    return Optional.ofNullable(lost.get(run)).map(Reason::text);
  }

  /** See {@link KafkaRunCatalog#shards}. */
  Set<String> shards(String run) {
    return runs.getOrDefault(run, List.of()).stream()
        .map(Announced::part)
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean isAborted(String run) {
    return aborted.containsKey(run);
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
   * Evicts what was announced in records that are deleted. Who was away while a run was retired and
   * deleted, and reads on where another has taken its name, has never seen the retirement: the name
   * is then of what is announced in the records that are left.
   *
   * @param beginningOffsets each partition's first offset
   */
  void evictDeleted(Map<TopicPartition, Long> beginningOffsets) {
    Predicate<Place> isDeleted = place -> place.isDeleted(beginningOffsets);
    runs.forEach(
        (run, of) -> {
          if (isDeleted.test(of.get(0).place()) && followed.remove(run)) {
            retiredSince.add(run);
          }
        });
    runs.values().forEach(of -> of.removeIf(one -> isDeleted.test(one.place())));
    runs.values().removeIf(List::isEmpty);
    aborted.values().removeIf(isDeleted);
    lost.values().removeIf(reason -> isDeleted.test(reason.place()));
    retired.values().removeIf(isDeleted);
    refused.values().removeIf(reason -> isDeleted.test(reason.place()));
  }

  void apply(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      return;
    }
    try {
      if (WireFormat.RUN_ABORTED.recognises(value)) {
        aborted.put(WireFormat.RUN_ABORTED.decode(value).getRun(), Place.of(record));
      } else if (WireFormat.STATE_LOST.recognises(value)) {
        StateLost loss = WireFormat.STATE_LOST.decode(value);
        lost.putIfAbsent(
            loss.getRun(),
            new Reason(loss.getService() + ": " + loss.getReason(), Place.of(record)));
      } else if (WireFormat.RUN_RETIRED.recognises(value)) {
        String name = WireFormat.RUN_RETIRED.decode(value).getRun();
        retired.put(name, Place.of(record));
        evict(name);
      } else {
        announce(WireFormat.RUN_MANIFEST.decode(value), partOf(record), Place.of(record));
      }
    } catch (WireException | RuntimeException e) {
      refuse(
          record.key() == null ? "" : record.key(),
          Place.of(record),
          WriterVersion.explain(e, record));
    }
  }

  private void announce(RunManifest manifest, String part, Place place) {
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
    List<Announced> before = runs.computeIfAbsent(plan.run(), run -> new ArrayList<>());
    before.add(new Announced(checked, part, place));
    if (before.size() == 1) {
      checked
          .problem()
          .ifPresent(problem -> LOG.info("Run {} at {}: {}", plan.run(), place, problem));
    }
    // Announced again, a run goes on.
    aborted.remove(plan.run());
  }

  private static String partOf(ConsumerRecord<?, ?> record) {
    Header shard = record.headers().lastHeader(Topics.SHARD_HEADER);
    return shard == null ? "0/1" : new String(shard.value(), StandardCharsets.UTF_8);
  }

  /**
   * The letter is the analyzer's, which reads all of the topic; here the caller gets the reason.
   */
  private void refuse(String run, Place place, String why) {
    LOG.info("Record {} with key '{}' cannot be used: {}", place, run, why);
    if (!runs.containsKey(run)) {
      refused.put(run, new Reason("%s cannot be used: %s".formatted(place, why), place));
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
    aborted.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
    lost.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
    refused.keySet().removeIf(run -> RunPlan.nameOf(run).equals(name));
  }
}
