package org.sgsars.leveller;

import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Setting;

/**
 * Gives up rows that fail, on top of any leveller. Every write of a row is read back. If a cell has
 * not taken its value, the row's content is written elsewhere in the same iteration, and the failed
 * cells are never used again ({@link RowArray}). So no weight is lost while the layer has a working
 * row for each of its rows. It costs a read after every write, and one more write for every row
 * that fails.
 *
 * <p>A layer of C columns in crossbars of S finds S / C <em>blocks</em> of columns there, rounded
 * down. A content that its row does not take goes to the next block on the same wordline, and only
 * when all its blocks have failed to another wordline. As a wordline carries one input for all
 * columns, one row of the layer lies on it at most, and a block is read with the wordlines of the
 * rows that lie in it, the others at rest; the sums of the blocks are added as those of crossbars
 * are. Reading takes as many passes as blocks are in use, and no more conversions than a layer as
 * wide as the crossbar takes.
 *
 * <p>With {@code share} layers that can spare some of their blocks lend them, when the run is
 * planned, to layers that would come to their first loss sooner ({@link
 * org.sgsars.device.ColumnLending}). These have so many rows more.
 *
 * <p>Where contents change crossbars ({@code cross-layer}) a layer has one block, which moves, and
 * nothing is lent: the other columns are for all layers. What has failed stays with the crossbar. A
 * content that comes to it leaves its failed rows for working ones in the same iteration, and a row
 * that it left may work again under the next.
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
    return "Reads every write back, and gives a row up when a cell has failed: its content goes to the next block of the crossbar's columns at once, and with no block left to another row. Needs a device; alone or in a list on top of others.";
  }

  @Override
  public boolean needsDevice() {
    return true;
  }

  /**
   * How much of a crossbar a layer may use.
   *
   * @param columnBlocks see {@link ScenarioPlan#COLUMN_BLOCKS}
   * @param share see {@link ScenarioPlan#SHARE}; what is lent stands in the run's manifest
   */
  public record Settings(
      @Setting(
              about =
                  "Most blocks of a crossbar's columns that a narrow layer uses; 0 is as many as fit.",
              unit = "blocks",
              least = 0,
              most = ScenarioPlan.MAX_CROSSBAR_SIZE,
              fallback = "0")
          int columnBlocks,
      @Setting(
              about =
                  "Whether layers that can spare columns lend them to layers that would lose a weight sooner; where columnBlocks is 0.",
              fallback = "true")
          boolean share) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The map, and for each row its block, and whether it is retired. */
  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    int fitting = ArrayShape.mostColumnBlocks(array.layer(), array.crossbarSize());
    int blocks = settings.columnBlocks == 0 ? fitting : Math.min(fitting, settings.columnBlocks);
    long rows = array.physicalRows();
    return OptionalLong.of(
        rows * (StateBits.index(array.physicalRows()) + StateBits.index(blocks) + 1L));
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
