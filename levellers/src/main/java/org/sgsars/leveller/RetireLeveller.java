package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Setting;

/**
 * Gives up rows that fail, on top of any leveller. Every write of a row is read back. If a cell has
 * not taken its value, the row's content is written to another working row in the same iteration,
 * and the failed row is never used again ({@link RowArray}). So no weight is lost while the layer
 * has a working row for each of its rows. It costs a read after every write, and a write more for
 * every row that fails.
 *
 * <p>A layer of C columns in crossbars of S finds S / C blocks of columns there, rounded down. When
 * a block has no free row left for a content, the layer moves to the next block, where all its rows
 * are fresh, at the cost of one write for each of its rows. All rows of a layer lie in one block,
 * as a wordline carries one input for all columns.
 *
 * <p>Of endurance it knows nothing but that a row has failed. Rows whose cells are stuck when fresh
 * are used; only cells that wear out make a row fail.
 *
 * <p>This scheme is ours. Giving up failed blocks of a memory is common, as in WoLFRaM (arXiv
 * 2010.02825).
 */
public final class RetireLeveller implements LevellerPolicy<RetireLeveller.Settings> {
  @Override
  public String kind() {
    return ScenarioPlan.RETIRE;
  }

  @Override
  public String summary() {
    return "Reads every write back, and gives a row up when a cell has failed: its content goes to another working row at once, and with no row left to the next block of the crossbar's columns. Needs a device; alone or in a list on top of others.";
  }

  @Override
  public boolean needsDevice() {
    return true;
  }

  /**
   * How much of a crossbar a layer may use.
   *
   * @param columnBlocks see {@link ScenarioPlan#COLUMN_BLOCKS}
   */
  public record Settings(
      @Setting(
              about =
                  "Most blocks of a crossbar's columns that a narrow layer uses, one after the other; 0 is as many as fit.",
              unit = "blocks",
              least = 0,
              most = ScenarioPlan.MAX_CROSSBAR_SIZE,
              fallback = "0")
          int columnBlocks) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The map, and a bit for each row; which block is of no weight. */
  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    long rows = array.physicalRows();
    return OptionalLong.of(rows * (StateBits.index(array.physicalRows()) + 1L));
  }

  /**
   * @throws IllegalArgumentException if no device is modelled
   */
  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    array.retireFailed();
    return Leveller.NONE;
  }
}
