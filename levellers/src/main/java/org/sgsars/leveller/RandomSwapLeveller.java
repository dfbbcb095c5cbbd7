package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * WoLFRaM's wear levelling: every {@code interval}-th written row is written to a random other row
 * instead of its own, and what lay there moves to the old place (one write, none if it held no
 * weights). All working rows but its own are as likely. Where single cells or all rows are written,
 * the two exchange places afterwards (two writes). The draws follow from the seed and the number of
 * the swap alone, and the leveller looks at no wear.
 *
 * <p>WoLFRaM's address decoder also remaps a block that does not take a write to a spare block.
 * That is what {@code retire} does in one block of columns, so WoLFRaM is {@code [{kind:
 * random-swap}, {kind: retire, columnBlocks: 1}]}; its spare blocks are the free rows.
 *
 * <p>Where it departs from its source: there a block is a line of a memory; here it is a row. A
 * failed row's content goes to the least worn free row, not to any. Errors within a block are not
 * corrected first: a row has failed with its first cell. The default interval, one move per 100
 * written rows as Start-Gap's, is ours.
 *
 * @see <a href="https://arxiv.org/abs/2010.02825">Yavits et al., WoLFRaM, 2020</a>
 */
public final class RandomSwapLeveller implements LevellerPolicy<RandomSwapLeveller.Settings> {
  @Override
  public String kind() {
    return "random-swap";
  }

  @Override
  public String summary() {
    return "Writes one row of every so many to a random other place, whose content moves to the old one. With retire in one block of columns it is WoLFRaM (2020).";
  }

  /**
   * How often rows are swapped.
   *
   * @param interval written rows from one swap to the next
   */
  public record Settings(
      @Setting(
              about = "Writes from one swap to the next.",
              unit = "written rows",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "100")
          int interval) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /** The map, which the decoder holds, and the write counter. */
  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    long map = (long) array.physicalRows() * StateBits.index(array.physicalRows());
    return OptionalLong.of(map + StateBits.counter(settings.interval));
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of((settings.interval - 1L) / rowsPerIteration + 1);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new Swaps(array, settings.interval, seed);
  }

  private static final class Swaps implements Leveller {
    private final RowArray array;
    private final int interval;
    private final long seed;
    private int writes;
    private long swaps;

    /** Whether the row that is being written was swapped before its write. */
    private boolean isSwapped;

    Swaps(RowArray array, int interval, long seed) {
      this.array = array;
      this.interval = interval;
      this.seed = seed;
    }

    @Override
    public void beforeWrite(int logicalRow) {
      if (writes + 1 < interval) {
        return;
      }
      isSwapped = true;
      int place = array.physicalRow(logicalRow);
      int target = target(place);
      if (target == place) {
        return;
      }
      array.remapTo(logicalRow, target);
    }

    @Override
    public void afterWrite(int logicalRow) {
      if (++writes < interval) {
        return;
      }
      if (!isSwapped) {
        int place = array.physicalRow(logicalRow);
        int target = target(place);
        if (target != place) {
          array.exchange(place, target);
        }
      }
      isSwapped = false;
      writes = 0;
      swaps++;
    }

    /** A working row other than this one; this one if it is given up, or no other works. */
    private int target(int place) {
      if (array.isRetired(place) || array.workingRows() < 2) {
        return place;
      }
      SplittableRandom random = RoundRandom.of(seed, swaps);
      int drawn;
      do {
        drawn = random.nextInt(array.physicalRows());
      } while (drawn == place || array.isRetired(drawn));
      return drawn;
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeInt(writes);
      out.writeLong(swaps);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      writes = in.readInt();
      swaps = in.readLong();
    }
  }
}
