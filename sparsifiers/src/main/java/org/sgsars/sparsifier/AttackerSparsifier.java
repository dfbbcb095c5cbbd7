package org.sgsars.sparsifier;

import java.util.Optional;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.policy.Setting;

/**
 * What a malicious training task would write to wear out a row as fast as it can, one row per layer
 * and iteration, whatever the gradients:
 *
 * <ul>
 *   <li>{@code fixed-row}: the same row again and again;
 *   <li>{@code ascend-then-hammer}: all rows in order, {@code ascents} times, so that nothing looks
 *       hot, and then the same row again and again;
 *   <li>{@code follower}: knows the levelling scheme but not its seed, works out where every row
 *       lies, and writes whichever lies in one and the same physical row. Only the bench has it,
 *       because it has to know the leveller.
 * </ul>
 *
 * <p>The journal version of the paper defends against malicious training tasks; these are ours.
 *
 * @see <a href="https://doi.org/10.1109/TCAD.2020.2977079">Cai et al., TCAD 2020</a>
 */
public final class AttackerSparsifier implements SparsifierPolicy<AttackerSparsifier.Settings> {
  @Override
  public String kind() {
    return "attacker";
  }

  @Override
  public String summary() {
    return "Writes what a malicious training task would, to wear out one row.";
  }

  /**
   * Which rows it writes.
   *
   * @param pattern how it goes about it
   * @param row the row it is after
   * @param ascents how often all rows are written first
   * @param quantization of how many bits weights are
   */
  public record Settings(
      @Setting(
              about =
                  "How it goes about it: a fixed row again and again; all rows in order and then one; or, in the bench only, whatever lies in one physical row, by the leveller's rules and a guessed seed.",
              fallback = "fixed-row")
          Pattern pattern,
      @Setting(
              about = "The row it is after; one of the smallest layer.",
              unit = "row",
              least = 0,
              most = LayerShape.MAX_ROWS - 1,
              fallback = "0")
          int row,
      @Setting(
              about = "With ascend-then-hammer: how often it writes all rows first.",
              least = 0,
              most = MOST_INTERVAL,
              fallback = "10")
          int ascents,
      QuantizationSettings quantization)
      implements SparsifierSettings {
    /** The row of an iteration, where it does not depend on the leveller. */
    public int row(LayerShape layer, long iteration) {
      long ascent = pattern == Pattern.ASCEND_THEN_HAMMER ? (long) ascents * layer.rows() : 0;
      return iteration < ascent ? (int) (iteration % layer.rows()) : row;
    }

    /** Whether it has to know the leveller. */
    public boolean isFollower() {
      return pattern == Pattern.FOLLOWER;
    }
  }

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** How it goes about it. */
  public enum Pattern {
    FIXED_ROW,
    ASCEND_THEN_HAMMER,
    FOLLOWER
  }

  @Override
  public Optional<String> problemWith(Settings settings, ArrayShape array) {
    int row = settings.row;
    return row >= array.layer().rows()
        ? Optional.of(
            "row: %d is not allowed; layer %s has the rows [0, %d)"
                .formatted(row, array.layer().name(), array.layer().rows()))
        : Optional.empty();
  }

  @Override
  public int mostRows(Settings settings, LayerShape layer) {
    return 1;
  }

  @Override
  public boolean readsResidual() {
    return false;
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    if (settings.isFollower()) {
      throw new IllegalArgumentException(
          "the pattern follower has to know the leveller, which only ./sgs-ars bench passes to it");
    }
    return new WholeResidualSparsifier(
        residual, iteration -> new Selection.Rows(new int[] {settings.row(layer, iteration)}));
  }
}
