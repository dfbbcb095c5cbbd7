package org.sgsars.service.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.sgsars.service.DurationLimits;

/**
 * {@code sgsars.state}.
 *
 * @param folder where the service keeps its state; shared by the instances of a service
 * @param saveInterval longest time between two saves while records come in
 */
@ConfigurationProperties("sgsars.state")
public record StateConfiguration(
    @Bindable(defaultValue = "state") String folder,
    @Bindable(defaultValue = "5s") Duration saveInterval) {
  /**
   * @throws org.sgsars.failure.ServiceException if a time is not allowed
   */
  public StateConfiguration {
    DurationLimits.atMostDays("sgsars.state.save-interval", saveInterval, 1);
  }
}
