package org.sgsars.service;

import java.time.Duration;
import org.sgsars.failure.ServiceException;

/**
 * How long settings may make something last: nothing is negative, and sums with the time of day
 * hold.
 */
public final class DurationLimits {
  private DurationLimits() {}

  /**
   * Checks a setting.
   *
   * @param setting its full name
   * @param mostDays the longest that is allowed
   * @return the value
   * @throws ServiceException if it is not allowed
   */
  public static Duration atMostDays(String setting, Duration value, int mostDays) {
    if (value.isNegative() || value.compareTo(Duration.ofDays(mostDays)) > 0) {
      throw new ServiceException(
          "%s is %s; allowed: 0s to %dd".formatted(setting, value, mostDays));
    }
    return value;
  }
}
