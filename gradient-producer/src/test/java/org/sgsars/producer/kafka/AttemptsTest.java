package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.RunPlan;

final class AttemptsTest {
  private static final RunPlan PLAN =
      new RunPlan(
          "r",
          "r",
          0,
          "by hand",
          6,
          1,
          new OptimizerSettings(0.9f, 0.1f, 0),
          GradientFormat.F32,
          List.of(new LayerShape("fc", List.of(), 4, 4)),
          List.of(),
          List.of(),
          6,
          false,
          RunPlan.RunTime.UNKNOWN,
          "");

  private final FakeClock clock = new FakeClock();
  private final Attempts attempts = new Attempts(clock);

  @Test
  void backOff_timeAfterTime_waitsTwiceAsLongUpToAMinute() {
    List<Long> waitedMs = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      long before = clock.nanos();
      attempts.backOff(() -> false);
      waitedMs.add(TimeUnit.NANOSECONDS.toMillis(clock.nanos() - before));
    }

    assertThat(waitedMs)
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L, 60_000L);
  }

  @Test
  void backOff_toldToStop_waitsNoLonger() {
    long before = clock.nanos();

    attempts.backOff(() -> clock.nanos() > before);

    assertThat(clock.nanos() - before).isLessThan(Attempts.FIRST_NANOS);
  }

  @Test
  void isLast_twentiethAttempt_is() {
    assertThat(Attempts.isLast(PLAN)).isFalse();
    assertThat(Attempts.isLast(PLAN.asAttempt(Attempts.MOST - 2))).isFalse();
    assertThat(Attempts.isLast(PLAN.asAttempt(Attempts.MOST - 1))).isTrue();
  }
}
