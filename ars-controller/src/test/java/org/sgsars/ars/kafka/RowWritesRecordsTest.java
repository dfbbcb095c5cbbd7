package org.sgsars.ars.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.Updates;

/** Half a record's counts come with each arrival, so two arrivals fill one. */
final class RowWritesRecordsTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6)
          .layers(new LayerShape("a", 4, 4))
          .sparsifiers(NONE)
          .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 4))
          .build();

  private final RowWritesRecords records =
      new RowWritesRecords(PLAN, 0, 0, RowWritesRecords.COUNTS_PER_PART / 2);

  private static Updates update(Extent extent, List<Integer> rows) {
    return new Updates("r", 0, 0, 3L, extent, rows, List.of(), ByteBuffer.wrap(new byte[] {1}));
  }

  /** Row 2 lies in 3 and was written there; levelling wrote 1. */
  private static RowArray.IterationWrites writes(Selection selection) {
    return new RowArray.IterationWrites(
        selection, new int[] {2}, new int[] {3}, new int[] {1}, new int[] {0}, new int[] {1});
  }

  private static List<TileArrival> arrivals(int count) {
    return IntStream.range(0, count)
        .mapToObj(tile -> new TileArrival(tile, tile, 0, 4, List.of(0L)))
        .toList();
  }

  private List<RowWrites> ofRowTwo(int arrivals) {
    return records.of(
        update(Extent.ROWS, List.of(2)),
        arrivals(arrivals),
        writes(new Selection.Rows(new int[] {2})));
  }

  @Test
  void of_noArrivals_oneRecordSaysWhatWasWrittenWhere() {
    List<RowWrites> parts = ofRowTwo(0);

    assertThat(parts).hasSize(1);
    RowWrites only = parts.get(0);
    assertThat(only.getIteration()).isEqualTo(3);
    assertThat(only.getParts()).isEqualTo(1);
    assertThat(only.getLogicalRows()).containsExactly(2);
    assertThat(only.getPhysicalRows()).containsExactly(3);
    assertThat(only.getLevellingRows()).containsExactly(1);
    assertThat(only.getMovedLogicalRows()).containsExactly(0);
    assertThat(only.getMovedToPhysicalRows()).containsExactly(1);
  }

  /** 5 arrivals: 2, 2, and 1 with the writes. */
  @Test
  void of_moreArrivalsThanFit_writesComeWithTheLastOfThem() {
    List<RowWrites> parts = ofRowTwo(5);

    assertThat(parts).extracting(RowWrites::getPart).containsExactly(0, 1, 2);
    assertThat(parts).extracting(RowWrites::getParts).containsOnly(3);
    assertThat(parts).extracting(part -> part.getArrivals().size()).containsExactly(2, 2, 1);
    assertThat(parts.get(1).getLogicalRows()).isEmpty();
    assertThat(parts.get(1).getLevellingRows()).isEmpty();
    assertThat(parts.get(2).getLogicalRows()).containsExactly(2);
    assertThat(parts.get(2).getArrivals().get(0).getTile()).isEqualTo(4);
  }

  @Test
  void of_allRows_namesNone() {
    List<RowWrites> parts =
        records.of(update(Extent.ALL, List.of()), List.of(), writes(new Selection.All()));

    assertThat(parts.get(0).getLogicalRows()).isEmpty();
    assertThat(parts.get(0).getPhysicalRows()).isEmpty();
  }

  @Test
  void of_scenarioThatDoesNotTrain_valuesStayBehind() {
    assertThat(ofRowTwo(0).get(0).getValues().remaining()).isZero();
  }
}
