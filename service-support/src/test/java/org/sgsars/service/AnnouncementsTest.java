package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.RunRetired;

final class AnnouncementsTest {
  private static final TopicPartition RUNS = new TopicPartition("runs", 0);

  static {
    WireFormat.trustOwnRecords();
  }

  private final Announcements announcements = new Announcements(Policies.onClassPath());
  private long offset;

  private void apply(String key, byte[] value) {
    announcements.apply(new ConsumerRecord<>("runs", 0, offset++, key, value));
  }

  private static RunPlan plan(Map<String, ?> deviceSettings) {
    return new RunPlanBuilder("r", 6)
        .layers(new LayerShape("fc", 4, 4))
        .sparsifiers(new PolicyChoice("given", Map.of()))
        .scenarios(
            new ScenarioPlan("s", 0, List.of(new PolicyChoice("none", Map.of())), 4)
                .on(new PolicyChoice("constant", deviceSettings)))
        .build();
  }

  private static byte[] manifest(Map<String, ?> deviceSettings) {
    return WireFormat.RUN_MANIFEST.encode(WireModel.toWire(plan(deviceSettings)));
  }

  @Test
  void apply_manifestWithoutSettings_hasTheDefaults() {
    apply("r", manifest(Map.of()));

    assertThat(announcements.problem("r")).isEmpty();
    Map<String, ?> device =
        announcements.find("r").orElseThrow().scenarios().get(0).device().orElseThrow().settings();
    assertThat(device.get("writes")).isEqualTo(1e6);
    assertThat(device.get("mapping")).isEqualTo("one-cell");
  }

  @Test
  void apply_manifestOutOfRange_isKnownWithItsProblem() {
    apply("r", manifest(Map.of("retries", -1L)));

    assertThat(announcements.find("r")).isPresent();
    assertThat(announcements.problem("r"))
        .hasValueSatisfying(
            problem ->
                assertThat(problem).contains("retries of device 'constant' is -1; allowed:"));
  }

  /** Its schema has another fingerprint. */
  @Test
  void apply_manifestOfAnotherVersion_isNotDroppedWithoutAWord() {
    byte[] value = manifest(Map.of());
    value[5]++;

    apply("r", value);

    assertThat(announcements.find("r")).isEmpty();
    assertThat(announcements.problem("r"))
        .contains(
            "runs-0@0 cannot be used: not a RunManifest that this version knows: its schema's fingerprint is %s; which version wrote it is unknown, this is sgs-ars (not built as a jar)"
                .formatted(HexFormat.of().formatHex(value, 2, 10)));
  }

  @Test
  void apply_manifestThatContradictsItself_isNotDroppedWithoutAWord() {
    RunManifest manifest =
        RunManifest.newBuilder(WireModel.toWire(plan(Map.of()))).setIterations(0).build();

    apply("some key", WireFormat.RUN_MANIFEST.encode(manifest));

    assertThat(announcements.problem("r"))
        .contains("runs-0@0 cannot be used: unusable manifest: iterations is 0, not at least 1");
  }

  @Test
  void apply_usableManifestAfterwards_isUsed() {
    apply("r", new byte[] {1});
    apply("r", manifest(Map.of()));

    assertThat(announcements.find("r")).isPresent();
    assertThat(announcements.problem("r")).isEmpty();
  }

  /** Whatever else comes under its name. */
  @Test
  void apply_unreadableRecordUnderAKnownName_changesNothing() {
    apply("r", manifest(Map.of()));
    apply("r", new byte[] {1});

    assertThat(announcements.find("r")).isPresent();
    assertThat(announcements.problem("r")).isEmpty();
  }

  /** Who stood still while a run was retired and deleted comes upon the next run of its name. */
  @Test
  void evictDeleted_nameIsAnotherRunsByNow_thatIsKnownAndTheFirstRetired() {
    apply("r", manifest(Map.of()));
    assertThat(announcements.find("r")).isPresent();
    apply("r", WireFormat.RUN_ABORTED.encode(new RunAborted("r", "no source")));
    apply("r", manifest(Map.of("retries", 7L)));
    apply("r", WireFormat.RUN_ABORTED.encode(new RunAborted("r", "stopped")));

    announcements.evictDeleted(Map.of(RUNS, 2L));

    assertThat(announcements.drainRetired()).containsExactly("r");
    RunPlan next = announcements.find("r").orElseThrow();
    assertThat(next.scenarios().get(0).device().orElseThrow().settings().get("retries"))
        .hasToString("7");
    assertThat(announcements.isAborted("r")).isTrue();
    announcements.evictDeleted(Map.of(RUNS, 2L));
    assertThat(announcements.drainRetired()).isEmpty();
    assertThat(announcements.find("r")).isPresent();
  }

  @Test
  void evictDeleted_recordIsGone_soIsWhatItSaid() {
    apply("q", new byte[] {1});
    apply("r", manifest(Map.of()));

    announcements.evictDeleted(Map.of(RUNS, 1L));
    assertThat(announcements.problem("q")).isEmpty();
    assertThat(announcements.find("r")).isPresent();

    announcements.evictDeleted(Map.of(RUNS, 2L));
    assertThat(announcements.find("r")).isEmpty();
    assertThat(announcements.drainRetired()).containsExactly("r");
  }

  /** A service that starts reads all that was ever said, and has nothing of what is long over. */
  @Test
  void drainRetired_runThatNobodyWasToldOf_isNotAmongThem() {
    apply("r", manifest(Map.of()));
    apply("r", WireFormat.RUN_RETIRED.encode(new RunRetired("r")));
    apply("r", manifest(Map.of()));

    assertThat(announcements.drainRetired()).isEmpty();
    assertThat(announcements.find("r")).isPresent();
    apply("r", WireFormat.RUN_RETIRED.encode(new RunRetired("r")));
    assertThat(announcements.drainRetired()).containsExactly("r");
  }

  @Test
  void apply_abortedAndRetired_untilAnnouncedAgain() {
    apply("r", manifest(Map.of()));
    apply("r", WireFormat.RUN_ABORTED.encode(new RunAborted("r", "why")));
    assertThat(announcements.isAborted("r")).isTrue();
    apply("r", WireFormat.RUN_RETIRED.encode(new RunRetired("r")));
    assertThat(announcements.isRetired("r")).isTrue();
    assertThat(announcements.find("r")).isEmpty();

    apply("r", manifest(Map.of()));

    assertThat(announcements.isRetired("r")).isFalse();
    assertThat(announcements.isAborted("r")).isFalse();
    assertThat(announcements.find("r")).isPresent();
  }
}
