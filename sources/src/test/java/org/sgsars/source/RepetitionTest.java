package org.sgsars.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RepetitionTest {
  /** 2000 / 50 = 40; 51 / 50 begins the second reading; 100 / 50 = 2; 101 / 50 begins the third. */
  @ParameterizedTest(name = "{0} of 50")
  @CsvSource({"2000,40", "51,2", "100,2", "101,3"})
  void notice_longerRun_saysHowOftenTheSourceIsRead(long iterations, long readings) {
    assertThat(Repetition.notice("gradients", OptionalLong.of(50), iterations))
        .contains(
            "the source's 50 iterations of gradients are repeated to "
                + iterations
                + " (read "
                + readings
                + " times): a training of "
                + iterations
                + " iterations would not repeat its gradients, and may write other rows");
  }

  @ParameterizedTest(name = "{0} of 50")
  @CsvSource({"1", "49", "50"})
  void notice_runThatReadsItOnce_saysNothing(long iterations) {
    assertThat(Repetition.notice("gradients", OptionalLong.of(50), iterations)).isEmpty();
  }

  @Test
  void notice_sourceWithoutEnd_saysNothing() {
    assertThat(Repetition.notice("gradients", OptionalLong.empty(), Long.MAX_VALUE)).isEmpty();
  }
}
