package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;
import org.sgsars.random.RandomStream;

/**
 * Security Refresh: a row's place is its address XOR a random key. Two keys are in use at a time:
 * rows below a pointer lie by the new key, the others by the old one. After every {@code interval}
 * written rows the pointer goes on by one; the row it passes changes places with the row that holds
 * its new place, unless the two did so before in this round. Both are written once. At the end of a
 * round the new key becomes the old one and another is drawn.
 *
 * <p>It looks at no wear; whoever does not know the keys cannot tell where a row lies. XOR maps a
 * power of two of rows onto itself, so an array is cut into regions by the binary digits of its
 * rows, the largest first (1536 rows: 1024 and 512), each with keys and a pointer of its own, as
 * the paper's sub-regions have; its second level across regions is left out.
 *
 * @see <a href="https://doi.org/10.1145/1815961.1816014">Seong et al., ISCA 2010</a>
 */
public final class SecurityRefreshLeveller
    implements LevellerPolicy<SecurityRefreshLeveller.Settings> {
  @Override
  public String kind() {
    return "security-refresh";
  }

  @Override
  public String summary() {
    return "Moves rows pair by pair to the places of a new random XOR key, a row every so many written ones (ISCA 2010).";
  }

  /**
   * How often rows are refreshed.
   *
   * @param interval written rows of a region between two refreshed ones
   */
  public record Settings(
      @Setting(
              about = "Writes of a region between two refreshed rows.",
              unit = "written rows",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "100")
          int interval) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    long bits = 0;
    for (int rest = array.physicalRows(); rest > 0; rest -= Integer.highestOneBit(rest)) {
      // Two keys and a pointer, each an address, and the write counter.
      int address = StateBits.index(Integer.highestOneBit(rest));
      bits += 3L * address + StateBits.counter(settings.interval);
    }
    return OptionalLong.of(bits);
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of((settings.interval - 1L) / rowsPerIteration + 1);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    List<Region> regions = new ArrayList<>();
    int first = 0;
    for (int rest = array.physicalRows(); rest > 0; rest -= Integer.highestOneBit(rest)) {
      int size = Integer.highestOneBit(rest);
      long regionSeed = RandomStream.of(seed, "region").child(regions.size()).seed();
      regions.add(new Region(array, first, size, settings.interval, regionSeed));
      first += size;
    }
    return new Regions(regions);
  }

  /** The logical rows [first, first + size) and their places; size is a power of two. */
  private static final class Region {
    private final RowArray array;
    private final int first;
    private final int size;
    private final int interval;
    private final long seed;
    private int writes;
    private int pointer;
    private long round;

    Region(RowArray array, int first, int size, int interval, long seed) {
      this.array = array;
      this.first = first;
      this.size = size;
      this.interval = interval;
      this.seed = seed;
    }

    boolean holds(int logicalRow) {
      return logicalRow < first + size;
    }

    /** Key of a round: none at first, so that every row lies in the place of its own index. */
    private int key(long ofRound) {
      return ofRound == 0 ? 0 : RoundRandom.of(seed, ofRound).nextInt(size);
    }

    void written() {
      if (++writes < interval) {
        return;
      }
      writes = 0;
      int pair = pointer ^ key(round) ^ key(round + 1);
      if (pair > pointer) {
        array.exchange(array.physicalRow(first + pointer), array.physicalRow(first + pair));
      }
      if (++pointer == size) {
        pointer = 0;
        round++;
      }
    }
  }

  private static final class Regions implements Leveller {
    private final List<Region> regions;

    Regions(List<Region> regions) {
      this.regions = regions;
    }

    @Override
    public void afterWrite(int logicalRow) {
      for (Region region : regions) {
        if (region.holds(logicalRow)) {
          region.written();
          return;
        }
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      for (Region region : regions) {
        out.writeInt(region.writes);
        out.writeInt(region.pointer);
        out.writeLong(region.round);
      }
    }

    @Override
    public void restore(DataInput in) throws IOException {
      for (Region region : regions) {
        region.writes = in.readInt();
        region.pointer = in.readInt();
        region.round = in.readLong();
      }
    }
  }
}
