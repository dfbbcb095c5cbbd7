package org.sgsars.ars.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.RunPlan;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.Updates;

/** Makes the records that tell the crossbar-sim of a layer's iterations in one scenario. */
final class RowWritesRecords {
  /** Counts of arrivals in one record; as variable-length numbers they stay below the largest. */
  static final int COUNTS_PER_PART = 1 << 18;

  private final RunPlan plan;
  private final int scenario;
  private final int layer;
  private final int arrivalsPerPart;

  /**
   * @param countsPerArrival counts that come with each arrival of a tile; 0 if none arrive
   */
  RowWritesRecords(RunPlan plan, int scenario, int layer, int countsPerArrival) {
    this.plan = plan;
    this.scenario = scenario;
    this.layer = layer;
    this.arrivalsPerPart =
        countsPerArrival == 0 ? 1 : Math.max(1, COUNTS_PER_PART / countsPerArrival);
  }

  /**
   * The records of one iteration, one after the other: arrivals first, what was written with the
   * last of them.
   *
   * @param update what was to be written
   * @param arrivals the layer's tiles that lie in other crossbars now
   * @param writes where the update and levelling wrote
   */
  List<RowWrites> of(Updates update, List<TileArrival> arrivals, RowArray.IterationWrites writes) {
    int parts = Math.max(1, (arrivals.size() + arrivalsPerPart - 1) / arrivalsPerPart);
    List<RowWrites> records = new ArrayList<>();
    RowWrites.Builder next =
        RowWrites.newBuilder()
            .setRun(plan.run())
            .setScenario(scenario)
            .setLayer(layer)
            .setIteration(update.getIteration())
            .setParts(parts)
            .setExtent(update.getExtent())
            .setLogicalRows(List.of())
            .setPhysicalRows(List.of())
            .setColumns(List.of())
            .setLevellingRows(List.of())
            .setMovedLogicalRows(List.of())
            .setMovedToPhysicalRows(List.of())
            .setValues(ByteBuffer.allocate(0));
    for (int part = 0; part + 1 < parts; part++) {
      int from = part * arrivalsPerPart;
      next.setPart(part).setArrivals(arrivals.subList(from, from + arrivalsPerPart));
      records.add(next.build());
    }
    if (update.getExtent() != Extent.ALL) {
      next.setLogicalRows(update.getRows())
          .setPhysicalRows(WireModel.list(writes.physicalRows()))
          .setColumns(update.getColumns());
    }
    next.setPart(parts - 1)
        .setArrivals(arrivals.subList((parts - 1) * arrivalsPerPart, arrivals.size()))
        .setLevellingRows(WireModel.list(writes.levellingRows()))
        .setMovedLogicalRows(WireModel.list(writes.movedLogicalRows()))
        .setMovedToPhysicalRows(WireModel.list(writes.movedToPhysicalRows()));
    if (plan.trains(scenario)) {
      next.setValues(update.getValues());
    }
    records.add(next.build());
    return records;
  }
}
