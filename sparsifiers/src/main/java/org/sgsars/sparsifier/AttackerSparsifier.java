package org.sgsars.sparsifier;

import java.util.List;
import java.util.Optional;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

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
public final class AttackerSparsifier implements SparsifierPolicy {
  private static final String PATTERN = "pattern";
  private static final String FIXED_ROW = "fixed-row";
  private static final String ASCEND_THEN_HAMMER = "ascend-then-hammer";
  private static final String FOLLOWER = "follower";
  private static final String ROW = "row";
  private static final String ASCENTS = "ascents";

  @Override
  public String kind() {
    return "attacker";
  }

  @Override
  public String summary() {
    return "Writes what a malicious training task would, to wear out one row.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.choice(
            PATTERN,
            FIXED_ROW,
            List.of(FIXED_ROW, ASCEND_THEN_HAMMER, FOLLOWER),
            "How it goes about it."),
        Parameter.wholeNumber(ROW, 0, 0, LayerShape.MAX_ROWS - 1, "row", "The row it is after."),
        Parameter.wholeNumber(
            ASCENTS,
            10,
            0,
            MOST_INTERVAL,
            "",
            "With ascend-then-hammer: how often it writes all rows first."));
  }

  @Override
  public Optional<String> problemWith(Settings settings, ArrayShape array) {
    int row = settings.wholeNumber(ROW);
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

  /** The row of an iteration, where it does not depend on the leveller. */
  public static int row(LayerShape layer, Settings settings, long iteration) {
    long ascent =
        settings.text(PATTERN).equals(ASCEND_THEN_HAMMER)
            ? (long) settings.wholeNumber(ASCENTS) * layer.rows()
            : 0;
    return iteration < ascent ? (int) (iteration % layer.rows()) : settings.wholeNumber(ROW);
  }

  /** Whether it has to know the leveller. */
  public static boolean isFollower(Settings settings) {
    return settings.text(PATTERN).equals(FOLLOWER);
  }

  @Override
  public Sparsifier create(LayerShape layer, Settings settings, long seed, Residual residual) {
    if (isFollower(settings)) {
      throw new IllegalArgumentException(
          "the pattern follower has to know the leveller, which only ./sgs-ars bench tells it");
    }
    return new WholeResidualSparsifier(
        residual, iteration -> new Selection.Rows(new int[] {row(layer, settings, iteration)}));
  }
}
