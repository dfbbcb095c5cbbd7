package org.sgsars.leveller;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;

/**
 * Exchanges the contents of whole crossbars ("tiles") of the network, on top of whatever levels the
 * rows of each layer: a layer of few rows wears its crossbar faster than a layer of many, and
 * crossbars whose columns a layer does not all use have fresh cells left.
 *
 * <p>Every {@code interval} iterations the tiles of all layers meet, and {@link TileExchange}
 * decides. In an exchange every row of both tiles is written once, in the columns that its content
 * uses. With {@code shareColumns} a content of fewer columns than the crossbar has may take any of
 * them, which supposes column drivers and converters that can be assigned freely; without, contents
 * begin at column 0.
 *
 * <p>Within a layer rows go on by their array's addresses, and find the writes of the crossbars
 * they now lie in. This leveller does nothing on one array alone; see docs/SCHEMES.md for how
 * instances that own only some layers take part.
 */
public final class CrossLayerLeveller implements LevellerPolicy {
  static final String INTERVAL = "interval";
  static final String GAP = "gap";
  static final String RELATIVE_GAP = "relativeGap";
  static final String SHARE_COLUMNS = ScenarioPlan.SHARE_COLUMNS;

  /** Address of a crossbar, and of a column in it. */
  private static final int CROSSBAR_ADDRESS_BITS = 16;

  @Override
  public String kind() {
    return org.sgsars.model.ScenarioPlan.CROSS_LAYER;
  }

  @Override
  public String summary() {
    return "Exchanges the contents of worn and fresh crossbars across all layers.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.wholeNumber(
            INTERVAL, 8192, 1, MOST_INTERVAL, "iterations", "Time between two exchanges."),
        Parameter.wholeNumber(
            GAP,
            16,
            1,
            MOST_INTERVAL,
            "writes",
            "How much an exchange must spare the more worn content."),
        Parameter.share(
            RELATIVE_GAP,
            0.0625,
            "share of the network's mean wear",
            "The same, as a share of the wear; the larger of both counts."),
        Parameter.flag(
            SHARE_COLUMNS,
            ScenarioPlan.SHARES_COLUMNS_BY_DEFAULT,
            "Whether narrow contents may take any columns of a crossbar."));
  }

  @Override
  public Optional<String> problemWith(Settings settings, ArrayShape array) {
    return array.tileCount() > TileExchange.MOST_TILES_OF_A_LAYER
        ? Optional.of(
            "cross-layer: layer %s has %d crossbars; allowed: at most %d"
                .formatted(
                    array.layer().name(), array.tileCount(), TileExchange.MOST_TILES_OF_A_LAYER))
        : Optional.empty();
  }

  @Override
  public OptionalLong stateBits(Settings settings, ArrayShape array, long iterations) {
    // Per tile its crossbar and first column, and per column of the crossbar the most writes.
    int size = array.crossbarSize();
    long perTile =
        CROSSBAR_ADDRESS_BITS + StateBits.index(size) + (long) size * StateBits.counter(iterations);
    return OptionalLong.of(array.tiles() * perTile);
  }

  /** The exchange comes before the iteration behind the interval, which must be one of the run. */
  @Override
  public OptionalLong leastIterations(Settings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.wholeNumber(INTERVAL) + 1L);
  }

  @Override
  public Leveller create(RowArray array, Settings settings, long seed) {
    return Leveller.NONE;
  }
}
