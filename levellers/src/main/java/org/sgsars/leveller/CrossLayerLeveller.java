package org.sgsars.leveller;

import java.util.Optional;
import java.util.OptionalLong;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.CrossLayerSettings;

/**
 * Exchanges the contents of whole crossbars ("tiles") of the network, on top of whatever levels the
 * rows of each layer: a layer of few rows wears its crossbar faster than a layer of many, and
 * crossbars whose columns a layer does not all use have fresh cells left.
 *
 * <p>Every {@code interval} iterations the tiles of all layers meet, and {@link TileExchange}
 * decides. In an exchange every row of both tiles is written once, in the columns that its content
 * uses. With {@code shareColumns} a content of fewer columns than the crossbar has may take any of
 * them, which supposes column drivers and converters that can be assigned freely; without, contents
 * begin at column 0. Spare rows stay with their layer.
 *
 * <p>Within a layer rows go on by their array's addresses, and find the writes of the crossbars
 * they now lie in. This leveller does nothing on one array alone; see docs/SCHEMES.md for how
 * instances that own only some layers take part.
 */
public final class CrossLayerLeveller implements LevellerPolicy<CrossLayerSettings> {
  /** Address of a crossbar, and of a column in it. */
  private static final int CROSSBAR_ADDRESS_BITS = 16;

  @Override
  public String kind() {
    return ScenarioPlan.CROSS_LAYER;
  }

  @Override
  public String summary() {
    return "Exchanges the contents of whole crossbars across all layers, every so often; alone or in a list on top of others. Needs whole rows.";
  }

  @Override
  public Class<CrossLayerSettings> settingsType() {
    return CrossLayerSettings.class;
  }

  @Override
  public Optional<String> problemWith(CrossLayerSettings settings, ArrayShape array) {
    return array.tileCount() > TileExchange.MOST_TILES_OF_A_LAYER
        ? Optional.of(
            "cross-layer: layer %s has %d crossbars; allowed: at most %d"
                .formatted(
                    array.layer().name(), array.tileCount(), TileExchange.MOST_TILES_OF_A_LAYER))
        : Optional.empty();
  }

  @Override
  public OptionalLong stateBits(CrossLayerSettings settings, ArrayShape array, long iterations) {
    // Per tile its crossbar and first column, and per column of the crossbar the most writes.
    int size = array.crossbarSize();
    long perTile =
        CROSSBAR_ADDRESS_BITS + StateBits.index(size) + (long) size * StateBits.counter(iterations);
    return OptionalLong.of(array.tiles() * perTile);
  }

  /** The exchange comes before the iteration behind the interval, which must be one of the run. */
  @Override
  public OptionalLong leastIterations(CrossLayerSettings settings, int rowsPerIteration) {
    return OptionalLong.of(settings.interval() + 1L);
  }

  @Override
  public Leveller create(RowArray array, CrossLayerSettings settings, long seed) {
    return Leveller.NONE;
  }
}
