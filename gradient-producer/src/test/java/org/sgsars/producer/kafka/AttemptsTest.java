package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;

final class AttemptsTest {
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6).layers(new LayerShape("fc", 4, 4)).build();

  private final FakeClock clock = new FakeClock();
  private final Attempts attempts = new Attempts(clock);

  @Test
  void backOff_timeAfterTime_waitsTwiceAsLongUpToAMinute() {
    List<Long> waitedMs = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      long before = clock.nanos();
      attempts.backOff();
      while (!attempts.isTime()) {
        clock.pause(TimeUnit.MILLISECONDS.toNanos(100));
      }
      waitedMs.add(TimeUnit.NANOSECONDS.toMillis(clock.nanos() - before));
    }

    assertThat(waitedMs)
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L, 60_000L);
  }

  @Test
  void isLast_twentiethAttempt_is() {
    assertThat(Attempts.isLast(PLAN)).isFalse();
    assertThat(Attempts.isLast(PLAN.asAttempt(Attempts.MOST - 2))).isFalse();
    assertThat(Attempts.isLast(PLAN.asAttempt(Attempts.MOST - 1))).isTrue();
  }
}
