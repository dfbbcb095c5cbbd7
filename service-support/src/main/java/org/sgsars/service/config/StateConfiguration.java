package org.sgsars.service.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.sgsars.failure.ServiceException;
import org.sgsars.service.DurationLimits;

/**
 * {@code sgsars.state}.
 *
 * @param store where the service keeps its snapshots: {@code kafka}, in a topic of the broker; or
 *     {@code folder}
 * @param folder of the snapshots where {@code store} is {@code folder}; shared by the instances of
 *     a service
 * @param saveInterval longest time between two saves while records come in
 */
@ConfigurationProperties("sgsars.state")
public record StateConfiguration(
    @Bindable(defaultValue = "kafka") String store,
    @Bindable(defaultValue = "state") String folder,
    @Bindable(defaultValue = "5s") Duration saveInterval) {
  private static final String KAFKA = "kafka";
  private static final String FOLDER = "folder";

  /**
   * @throws ServiceException if a time or a store is not allowed
   */
  public StateConfiguration {
    DurationLimits.atMostDays("sgsars.state.save-interval", saveInterval, 1);
    if (!store.equals(KAFKA) && !store.equals(FOLDER)) {
      throw new ServiceException(
          "sgsars.state.store is '%s'; allowed: kafka, folder".formatted(store));
    }
  }

  /** Whether snapshots are kept in the folder. */
  public boolean isFolder() {
    return store.equals(FOLDER);
  }
}
