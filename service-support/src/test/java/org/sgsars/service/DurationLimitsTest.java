package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.config.StateConfiguration;

final class DurationLimitsTest {
  @ParameterizedTest
  @CsvSource({"PT0S", "PT5S", "P2D"})
  void atMostDays_withinTheLimit_isTheValue(Duration value) {
    assertThat(DurationLimits.atMostDays("a.setting", value, 2)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"PT-1S", "PT48H0.001S", "P106751991167D"})
  void atMostDays_outsideTheLimit_namesSettingValueAndWhatIsAllowed(Duration value) {
    assertThatThrownBy(() -> DurationLimits.atMostDays("a.setting", value, 2))
        .isInstanceOf(ServiceException.class)
        .hasMessage("a.setting is %s; allowed: 0s to 2d", value);
  }

  @Test
  void saveInterval_tooLong_isRefused() {
    assertThatThrownBy(() -> new StateConfiguration("kafka", "state", Duration.ofHours(25)))
        .isInstanceOf(ServiceException.class)
        .hasMessage("sgsars.state.save-interval is PT25H; allowed: 0s to 1d");
  }
}
