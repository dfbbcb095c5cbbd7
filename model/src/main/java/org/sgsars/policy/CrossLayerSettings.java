package org.sgsars.policy;

import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;

/**
 * Settings of the leveller {@code cross-layer}. Services go by them that do not have it.
 *
 * @param interval iterations between two exchanges
 * @param gap writes that an exchange must spare the more worn content
 * @param relativeGap the same, as a share of the network's mean wear
 * @param shareColumns whether a content may take any columns of a crossbar
 */
public record CrossLayerSettings(
    @Setting(
            about = "Time between two exchanges.",
            unit = "iterations",
            least = 1,
            most = Policy.MOST_INTERVAL,
            fallback = "8192")
        int interval,
    @Setting(
            about = "How many writes an exchange must spare the more worn content.",
            unit = "writes",
            least = 1,
            most = Policy.MOST_INTERVAL,
            fallback = "16")
        int gap,
    @Setting(
            about = "The same; the larger of both counts.",
            unit = "share of the network's mean wear",
            least = 0,
            most = 1,
            fallback = "0.0625")
        double relativeGap,
    @Setting(
            about = "Whether narrow contents may take any columns of a crossbar.",
            fallback = "true")
        boolean shareColumns) {
  private static final SettingsType<CrossLayerSettings> TYPE =
      SettingsType.of(CrossLayerSettings.class);

  /**
   * The settings of a choice.
   *
   * @throws IllegalArgumentException with everything that is not allowed
   */
  public static CrossLayerSettings of(PolicyChoice choice) {
    return TYPE.bind(choice.settings());
  }

  /**
   * Whether contents may take any columns of a crossbar of another layer. Services ask that whose
   * manifests nobody has checked; a setting that is not allowed counts as left out.
   */
  public static boolean sharesColumns(ScenarioPlan scenario) {
    return scenario
        .crossLayer()
        .map(choice -> TYPE.bind(TYPE.allowed(choice.settings())).shareColumns())
        .orElse(false);
  }
}
