package org.sgsars.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Time stands still but where it is moved, and questions are answered when they are run. */
final class BrokerCheckTest {
  private final Deque<Runnable> asked = new ArrayDeque<>();
  private long now = 5;
  private boolean isThere = true;
  private int questions;

  private boolean ask() {
    questions++;
    return isThere;
  }

  private final BrokerCheck check = new BrokerCheck(this::ask, Runnable::run, () -> now);
  private final BrokerCheck slow = new BrokerCheck(this::ask, asked::add, () -> now);

  @Test
  void answers_askedAgainSoon_goesByTheAnswerThatIsThere() {
    assertThat(check.answers()).isTrue();
    isThere = false;
    now += BrokerCheck.GOOD_FOR.toNanos() - 1;
    assertThat(check.answers()).isTrue();
    assertThat(questions).isEqualTo(1);

    now++;
    assertThat(check.answers()).isFalse();
    assertThat(questions).isEqualTo(2);
  }

  /** However many ask, and however long the broker is away. */
  @Test
  void answers_noAnswerComes_isNoAndNoSecondQuestionIsAsked() {
    Thread.currentThread().interrupt();
    assertThat(slow.answers()).isFalse();
    assertThat(Thread.interrupted()).isTrue();

    for (int i = 0; i < 100; i++) {
      now += BrokerCheck.LONGEST.toNanos();
      assertThat(slow.answers()).isFalse();
    }
    assertThat(asked).hasSize(1);

    asked.remove().run();
    now += BrokerCheck.GOOD_FOR.toNanos();
    Thread.currentThread().interrupt();
    slow.answers();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(asked).hasSize(1);
  }

  @Test
  void answers_questionThrows_isNo() {
    BrokerCheck failing =
        new BrokerCheck(
            () -> {
              throw new IllegalStateException("no such host");
            },
            Runnable::run,
            () -> now);

    assertThat(failing.answers()).isFalse();
  }
}
