package org.sgsars.model;

import java.util.List;
import java.util.Optional;

/**
 * What the arrays of some layers have, where that is not what their scenario has.
 *
 * @param match names of the layers as somebody wrote them, for people
 * @param isDigital whether they do not lie on crossbars in this scenario; the rest does not count
 *     then
 * @param levellers at least one
 * @param leastIterations of the levellers, as {@link ScenarioPlan.LevellerFacts} has them
 * @param levelsByEndurance likewise
 * @param crossbarSize rows and columns of one crossbar, at least 1
 * @param spareRows rows beyond the crossbars, at least 0
 * @param device whose cells fail; empty if none is modelled
 */
public record LayerSettings(
    String match,
    boolean isDigital,
    List<PolicyChoice> levellers,
    List<Long> leastIterations,
    boolean levelsByEndurance,
    int crossbarSize,
    int spareRows,
    Optional<PolicyChoice> device) {
  public LayerSettings {
    levellers = List.copyOf(levellers);
    leastIterations = List.copyOf(leastIterations);
  }

  /** The same with other policies. */
  public LayerSettings with(List<PolicyChoice> otherLevellers, Optional<PolicyChoice> otherDevice) {
    return new LayerSettings(
        match,
        isDigital,
        otherLevellers,
        leastIterations,
        levelsByEndurance,
        crossbarSize,
        spareRows,
        otherDevice);
  }

  /** The same with what the levellers say of themselves. */
  public LayerSettings withFacts(List<Long> least, boolean levels) {
    return new LayerSettings(
        match, isDigital, levellers, least, levels, crossbarSize, spareRows, device);
  }
}
