package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.policy.Setting;

/**
 * Start-Gap: one row of the array is a gap that holds nothing. After every {@code psi} written rows
 * the content of the row before the gap moves into it, at the cost of one write, and leaves the gap
 * behind; so in time every content moves on by one row per round through the array.
 *
 * <p>It looks at no wear and keeps two registers and a counter only. The gap is the place of the
 * array's last logical row, which must hold no weights: padding, or one spare row. The address
 * randomisation that the paper puts before it is left out: logical rows of a layer are not
 * consecutive addresses of one program.
 *
 * @see <a href="https://doi.org/10.1145/1669112.1669117">Qureshi et al., MICRO 2009</a>
 */
public final class StartGapLeveller implements LevellerPolicy<StartGapLeveller.Settings> {
  @Override
  public String kind() {
    return "start-gap";
  }

  @Override
  public String summary() {
    return "Moves one row's content on by a row, into an empty row, every so many written rows; needs padding or a spare row (MICRO 2009).";
  }

  /**
   * How often the gap moves.
   *
   * @param psi written rows between two moves of the gap
   */
  public record Settings(
      @Setting(
              about = "Writes between two moves of the gap.",
              unit = "written rows",
              least = 1,
              most = MOST_INTERVAL,
              fallback = "100")
          int psi) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  @Override
  public Optional<String> problemWith(Settings settings, ArrayShape array) {
    return array.layer().rows() == array.physicalRows()
        ? Optional.of(
            "start-gap needs a row without weights, but layer %s fills its %d physical rows; give crossbar.spareRows of at least 1"
                .formatted(array.layer().name(), array.physicalRows()))
        : Optional.empty();
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    int registers = 2 * StateBits.index(array.physicalRows());
    return OptionalLong.of(registers + StateBits.counter(settings.psi));
  }

  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of((settings.psi - 1L) / rowsPerIteration + 1);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return new Gap(array, settings.psi);
  }

  private static final class Gap implements Leveller {
    private final RowArray array;
    private final int psi;
    private int writes;

    Gap(RowArray array, int psi) {
      this.array = array;
      this.psi = psi;
    }

    @Override
    public void afterWrite(int logicalRow) {
      if (++writes < psi) {
        return;
      }
      writes = 0;
      int rows = array.physicalRows();
      int gap = array.physicalRow(rows - 1);
      array.exchange(gap, (gap + rows - 1) % rows, false);
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeInt(writes);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      writes = in.readInt();
    }
  }
}
