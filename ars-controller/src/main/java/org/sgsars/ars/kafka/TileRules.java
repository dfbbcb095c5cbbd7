package org.sgsars.ars.kafka;

import java.util.List;
import java.util.stream.IntStream;
import org.sgsars.contract.wire.WireException;
import org.sgsars.leveller.LayerTiles;
import org.sgsars.leveller.TileExchange;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.wire.TileWear;

/** What a record of a scenario's tiles has to keep to, whoever sent it. */
final class TileRules {
  private final RunPlan plan;
  private final ScenarioPlan scenario;
  private final List<ArrayShape> arrays;
  private final TileExchange exchange;
  private final int columnsPerBlock;
  private final int tiles;

  /**
   * @param scenario one that exchanges tiles
   * @param ofALayer tiles of any of its layers
   */
  TileRules(RunPlan plan, ScenarioPlan scenario, LayerTiles ofALayer) {
    this.plan = plan;
    this.scenario = scenario;
    this.arrays = plan.layers().stream().map(scenario::array).toList();
    this.exchange = ofALayer.exchange();
    this.columnsPerBlock = ofALayer.columnsPerBlock();
    this.tiles = arrays.stream().mapToInt(ArrayShape::tiles).sum();
  }

  /** Crossbars of the whole network. */
  int tiles() {
    return tiles;
  }

  /**
   * @throws WireException if the record is of no round or no tile of the scenario, or its counts do
   *     not fill a crossbar
   */
  void check(TileWear record) throws WireException {
    long iteration = record.getIteration();
    require(
        exchange.isDueBefore(iteration) && iteration < plan.iterations(),
        record,
        "tiles do not meet before iteration " + iteration);
    int layer = record.getLayer();
    require(layer >= 0 && layer < arrays.size(), record, "the run has no such layer");
    ArrayShape array = arrays.get(layer);
    int tile = record.getTile();
    require(tile >= 0 && tile < array.tiles(), record, "the layer has no such tile");
    int physical = record.getPhysicalTile();
    require(
        physical >= 0 && physical < tiles,
        record,
        "physical tile %d is outside [0, %d)".formatted(physical, tiles));
    int blocks = array.crossbarSize() / columnsPerBlock;
    int used = array.usedColumns(tile % array.tileColumns()) / columnsPerBlock;
    int first = record.getFirstBlock();
    require(
        record.getBlocks() == used && first >= 0 && first <= blocks - used,
        record,
        "%d blocks from %d on are not the %d of its %d that it uses"
            .formatted(record.getBlocks(), first, used, blocks));
    int counts = array.crossbarSize() * blocks;
    require(
        record.getWear().size() == counts
            && record.getContentWrites() >= 0
            && record.getWear().stream().allMatch(count -> count >= 0),
        record,
        "%d counts, none below 0, were due, and %d came"
            .formatted(counts, record.getWear().size()));
    List<Integer> failed = record.getFailed();
    require(
        IntStream.range(0, failed.size())
            .allMatch(
                i -> failed.get(i) > (i == 0 ? -1 : failed.get(i - 1)) && failed.get(i) < counts),
        record,
        "counts of failed cells have to ascend, from 0 on and below " + counts);
    int spare = record.getWorkingSpareRows();
    require(
        spare >= 0 && spare <= array.spareRows(),
        record,
        "%d working spare rows are outside [0, %d]".formatted(spare, array.spareRows()));
  }

  private void require(boolean holds, TileWear record, String problem) throws WireException {
    if (!holds) {
      throw new WireException(
          "tile %d of layer %d in scenario %s of run %s: %s"
              .formatted(
                  record.getTile(), record.getLayer(), scenario.name(), plan.run(), problem));
    }
  }
}
