package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;

/** One layer, one partition; a producer that may be two iterations ahead and has sent three. */
final class LeadGuardTest {
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6)
          .layers(new LayerShape("fc", 4, 4))
          .sparsifiers(new PolicyChoice("sgs", Map.of()))
          .scenarios(new ScenarioPlan("s", 0, List.of(new PolicyChoice("none", Map.of())), 4))
          .build();
  private static final TopicPartition GRADIENTS = new TopicPartition("x.gradients", 0);
  private static final TopicPartition UPDATES = new TopicPartition("x.updates", 0);
  private static final TopicPartition ROW_WRITES = new TopicPartition("x.row-writes", 0);

  private final FakeClock clock = new FakeClock();
  private final PipelineLog log =
      PipelineLog.onKafka(
          new KafkaSettings("localhost:1", "x.", 1, -1, Duration.ofSeconds(1), Map.of()));
  private final List<String> messages = new ArrayList<>();
  private final Map<TopicPartition, Long> ends =
      new HashMap<>(Map.of(GRADIENTS, 3L, UPDATES, 0L, ROW_WRITES, 0L));
  private final Map<String, Map<TopicPartition, Long>> commits = new HashMap<>();

  /** What Kafka answers the next requests with, if it is an error. */
  private final List<KafkaException> errors = new ArrayList<>();

  private boolean isFailing;
  private int checks;

  private final class Offsets implements ConsumerOffsets {
    @Override
    public Map<TopicPartition, OffsetAndMetadata> commits(String group) {
      checks++;
      if (!errors.isEmpty()) {
        throw isFailing ? errors.get(0) : errors.remove(0);
      }
      Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
      commits
          .getOrDefault(group, Map.of())
          .forEach((partition, offset) -> found.put(partition, new OffsetAndMetadata(offset)));
      return found;
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> found = new HashMap<>();
      partitions.forEach(partition -> found.put(partition, ends.getOrDefault(partition, 0L)));
      return found;
    }

    @Override
    public void deleteBefore(Map<TopicPartition, Long> offsets) {}
  }

  /** In the order in which they were made. */
  private static final class ProgressInMemory implements LeadGuard.ProgressStore {
    final List<Long> all = new ArrayList<>();

    @Override
    public void save(long iterations) {
      // Later, and here never.
    }

    @Override
    public void saveNow(long iterations) {
      all.add(iterations);
    }

    @Override
    public long saved() {
      return all.isEmpty() ? 0 : all.get(all.size() - 1);
    }
  }

  private final ProgressInMemory progress = new ProgressInMemory();
  private LeadGuard guard = newGuard();

  private LeadGuard newGuard() {
    return newGuard(LeadGuard.Start.BEGINNING);
  }

  private LeadGuard newGuard(LeadGuard.Start start) {
    return newGuard(PLAN, start);
  }

  private LeadGuard newGuard(RunPlan plan, LeadGuard.Start start) {
    return new LeadGuard(
        log,
        new Offsets(),
        new SentLayers(plan, Shard.WHOLE, 1),
        2,
        start,
        progress,
        clock,
        messages::add);
  }

  /** The plan's layer beside one that is digital in the second of two scenarios. */
  private static RunPlan withDigitalLayer() {
    PolicyChoice none = new PolicyChoice("none", Map.of());
    LayerSettings digital =
        new LayerSettings("conv", true, List.of(none), List.of(), false, 4, 0, Optional.empty());
    return new RunPlanBuilder("r", 6)
        .layers(new LayerShape("fc", 4, 4), new LayerShape("conv", 4, 4))
        .sparsifiers(new PolicyChoice("sgs", Map.of()), new PolicyChoice("dense", Map.of()))
        .scenarios(
            new ScenarioPlan("s", 0, List.of(none), 4),
            new ScenarioPlan("t", 1, List.of(none), 4)
                .with(new LayerExceptions(List.of(digital), List.of(-1, 0))))
        .build();
  }

  private void awaitForSeconds(long seconds) {
    for (int iteration = 0; iteration < 3; iteration++) {
      guard.sent(0, iteration, iteration);
    }
    long until = clock.nanos() + TimeUnit.SECONDS.toNanos(seconds);
    while (clock.nanos() < until && !guard.maySend(3)) {
      clock.pause(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  @Test
  void maySend_fourSeconds_saysNothingYet() {
    awaitForSeconds(4);

    assertThat(messages).isEmpty();
  }

  @Test
  void maySend_noServiceRuns_saysAfterSecondsWhichHasReadNothing() {
    awaitForSeconds(60);

    assertThat(messages)
        .containsExactly(
            "Nothing was read for 5 s: 3 records of x.gradients wait for the group 'x.sgs-service', which has read nothing yet; is a sgs-service running, on this broker and with this topic prefix?");
  }

  @Test
  void maySend_noServiceRunsForLong_saysItOnceAMinute() {
    awaitForSeconds(130);

    assertThat(messages).hasSize(3).last().asString().startsWith("Nothing was read for 125 s: ");
  }

  /** The sgs-service has done its work; the next in line does not run. */
  @Test
  void maySend_laterServiceStandsStill_isTheOneThatIsNamed() {
    commits.put("x.sgs-service", Map.of(GRADIENTS, 3L));
    commits.put("x.ars-controller", Map.of(UPDATES, 1L));
    ends.put(UPDATES, 9L);

    awaitForSeconds(7);

    assertThat(messages)
        .containsExactly(
            "Nothing was read for 5 s: 8 records of x.updates wait for the group 'x.ars-controller', which has stopped reading; is a ars-controller running, on this broker and with this topic prefix?");
  }

  @Test
  void maySend_servicesRead_saysNothingAndGoesOn() {
    commits.put("x.sgs-service", Map.of(GRADIENTS, 3L));

    awaitForSeconds(60);

    assertThat(messages).isEmpty();
    assertThat(checks).isEqualTo(3);
  }

  /** An iteration has three updates and three row writes here, not four. */
  @Test
  void maySend_digitalLayer_isNotCountedWhereNothingOfItComes() {
    for (TopicPartition topic : List.of(UPDATES, ROW_WRITES)) {
      for (long left : new long[] {5, 6}) {
        ends.clear();
        ends.put(topic, left);
        commits.put("x.sgs-service", Map.of(GRADIENTS, 3L));
        guard = newGuard(withDigitalLayer(), LeadGuard.Start.BEGINNING);
        for (int iteration = 0; iteration < 3; iteration++) {
          guard.sent(0, iteration, iteration);
        }

        // 5 / 3: one iteration is left behind 0 and 1; 6 / 3: two, which is one too many.
        assertThat(guard.maySend(2)).isEqualTo(left == 5);
      }
    }
  }

  /** What waits behind the sgs-service may be a round that lacks the layers not sent again yet. */
  @Test
  void maySend_restarted_doesNotWaitForWhatMayWaitForThis() {
    commits.put("x.sgs-service", Map.of(GRADIENTS, 3L));
    ends.put(UPDATES, 100L);
    guard = newGuard(LeadGuard.Start.restarted(1, 1, 2));

    for (int iteration = 1; iteration < 5; iteration++) {
      assertThat(guard.maySend(iteration)).isTrue();
      guard.sent(0, iteration, 3 + iteration);
      commits.put("x.sgs-service", Map.of(GRADIENTS, 4L + iteration));
    }
    assertThat(guard.maySend(5)).isFalse();
  }

  @Test
  void maySend_restarted_waitsForTheSgsService() {
    ends.put(GRADIENTS, 100L);
    guard = newGuard(LeadGuard.Start.restarted(1, 1, 2));

    assertThat(guard.maySend(1)).isFalse();
  }

  /** A restarted producer is to know how far this one was at most. */
  @Test
  void maySend_servicesRead_isNeverMoreThanTwoLeadsPastWhatIsNoted() {
    for (long iteration = 0; iteration < 100; iteration++) {
      assertThat(guard.maySend(iteration)).isTrue();
      assertThat(iteration).isLessThan(progress.saved() + 4);
      guard.sent(0, iteration, iteration);
      commits.put("x.sgs-service", Map.of(GRADIENTS, iteration + 1));
    }
  }

  @Test
  void maySend_notAllowedToLook_endsAtOnceWithWhatKafkaSays() {
    for (KafkaException error :
        List.of(
            GroupAuthorizationException.forGroupId("x.sgs-service"),
            new SaslAuthenticationException("wrong password"),
            new UnsupportedVersionException("too old"))) {
      guard = newGuard();
      errors.add(error);
      long before = clock.nanos();

      assertThatThrownBy(() -> awaitForSeconds(60))
          .isInstanceOf(ServiceException.class)
          .hasMessage("Kafka does not tell how far the consumers are: " + error.getMessage());

      assertThat(clock.nanos()).isEqualTo(before);
    }
    assertThat(messages).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void maySend_brokerIsAwayForAWhile_saysSoOnceAndGoesOn(int times) {
    for (int i = 0; i < times; i++) {
      errors.add(new DisconnectException("gone"));
    }

    awaitForSeconds(12);

    assertThat(messages.get(0))
        .isEqualTo("Kafka does not tell how far the consumers are, and is asked again: gone");
    assertThat(messages.get(1)).isEqualTo("Kafka reports the consumers' offsets again");
    assertThat(messages.stream().filter(line -> line.startsWith("Kafka"))).hasSize(2);
  }

  @Test
  void maySend_brokerStaysAway_endsAfterTenMinutes() {
    errors.add(new DisconnectException("gone"));
    isFailing = true;
    long before = clock.nanos();

    assertThatThrownBy(() -> awaitForSeconds(3600))
        .isInstanceOf(ServiceException.class)
        .hasMessage("Kafka does not tell how far the consumers are: gone");

    assertThat(clock.nanos() - before)
        .isBetween(ConsumerWait.AWAY_NANOS, 2 * ConsumerWait.AWAY_NANOS);
    assertThat(messages).hasSize(1);
  }
}
