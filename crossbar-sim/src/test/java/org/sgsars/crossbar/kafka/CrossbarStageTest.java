package org.sgsars.crossbar.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.Wear;

/** A layer of 1000 rows and 600 columns in one crossbar of 1024 rows: 614,400 cells. */
final class CrossbarStageTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 2)
          .layers(
              MappedNetwork.layersOf(List.of(new ParameterShape("fc.weight", List.of(600, 1000)))))
          .sparsifiers(NONE)
          .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 1024))
          .reports(2, true)
          .build();

  private final List<Wear> reports = new ArrayList<>();
  private final PartitionWorker worker =
      new CrossbarStage(Policies.onClassPath()).open(new Topics(""), RunCatalog.of(PLAN));

  private void process(RowWrites record) throws BadRecordException {
    worker.process(
        ByteBuffer.wrap(WireFormat.ROW_WRITES.encode(record)),
        false,
        (topic, key, value) -> {
          assertThat(topic).isEqualTo("wear");
          assertThat(key).isEqualTo("r/fc");
          try {
            reports.add(WireFormat.WEAR.decode(value));
          } catch (org.sgsars.contract.wire.WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static RowWrites cells(
      long iteration, List<Integer> logical, List<Integer> physical, List<Integer> columns) {
    return new RowWrites(
        "r",
        0,
        0,
        iteration,
        0,
        1,
        Extent.CELLS,
        logical,
        physical,
        columns,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        ByteBuffer.allocate(0));
  }

  @Test
  void process_moreCellsThanOneRecordHolds_reportsThemInParts() throws Exception {
    process(cells(0, List.of(0), List.of(0), List.of(599)));
    assertThat(reports).isEmpty();
    process(cells(1, List.of(0, 999), List.of(0, 999), List.of(599, 0)));

    // 2^19 counts a part: 873 rows of 600 cells, then the other 151 of 1024.
    assertThat(reports).extracting(Wear::getPart).containsExactly(0, 1);
    assertThat(reports).extracting(Wear::getParts).containsOnly(2);
    assertThat(reports).extracting(Wear::getFirstRow).containsExactly(0, 873);
    assertThat(reports).extracting(w -> w.getRowWrites().size()).containsExactly(873, 151);
    List<Long> first = reports.get(0).getCellWrites();
    List<Long> second = reports.get(1).getCellWrites();
    assertThat(first).hasSize(873 * 600);
    assertThat(second).hasSize(151 * 600);
    assertThat(first.get(599)).isEqualTo(2);
    assertThat(second.get((999 - 873) * 600)).isEqualTo(1);
    assertThat(first.stream().mapToLong(n -> n).sum() + second.stream().mapToLong(n -> n).sum())
        .isEqualTo(3);
    assertThat(reports).extracting(Wear::getMaxCellWrites).containsOnly(2L);
    assertThat(reports.get(0).getSelections()).containsExactly(List.of(0), List.of(0, 999));
    assertThat(reports.get(1).getSelections()).isEmpty();
  }

  @Test
  void process_rowOutsideTheArray_endsTheLayerAndNamesRowAndLimit() {
    BadRecordException bad =
        catchThrowableOfType(
            BadRecordException.class,
            () -> process(cells(0, List.of(0), List.of(1024), List.of(0))));

    assertThat(bad).hasMessageContaining("physical row 1024 is outside [0, 1024) of layer fc");
    assertThat(bad.endsLayer()).isTrue();
  }
}
