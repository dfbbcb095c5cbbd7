package org.sgsars.crossbar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.CellFailures;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.StuckAt;
import org.sgsars.wire.Wear;

/** Two rows of two columns, in pairs of cells that survive two writes each. */
final class CellFailuresTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 5)
          .layers(new LayerShape("fc", 2, 2))
          .sparsifiers(NONE)
          .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 2).on(device()))
          .build();

  private static PolicyChoice device() {
    return Policies.onClassPath()
        .bind(
            PolicyFamily.DEVICE,
            new PolicyChoice(
                "constant", Map.of("writes", 2.0, "mapping", "differential-pair", "wornAs", "low")))
        .orElseThrow()
        .choice();
  }

  static {
    WireFormat.trustOwnRecords();
  }

  private final List<CellFailures> failures = new ArrayList<>();
  private final List<Wear> reports = new ArrayList<>();
  private PartitionWorker worker = open();

  private static PartitionWorker open() {
    return new CrossbarStage(Policies.onClassPath()).open(new Topics(""), RunCatalog.of(PLAN));
  }

  private void write(long iteration, Integer... rows) throws Exception {
    RowWrites record =
        RowWrites.newBuilder()
            .setRun("r")
            .setScenario(0)
            .setLayer(0)
            .setIteration(iteration)
            .setExtent(Extent.ROWS)
            .setLogicalRows(List.of(rows))
            .setPhysicalRows(List.of(rows))
            .setColumns(List.of())
            .setLevellingRows(List.of())
            .setMovedLogicalRows(List.of())
            .setMovedToPhysicalRows(List.of())
            .build();
    worker.process(
        ByteBuffer.wrap(WireFormat.ROW_WRITES.encode(record)),
        false,
        (topic, key, value) -> {
          try {
            if (topic.equals("cell-failures")) {
              failures.add(WireFormat.CELL_FAILURES.decode(value));
            } else {
              reports.add(WireFormat.WEAR.decode(value));
            }
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void process_rowOutlivesItsEndurance_saysWhichCellsAndAtWhatTheyAreStuck() throws Exception {
    write(0, 1);
    write(1, 0, 1);
    assertThat(failures).isEmpty();
    write(2, 1);

    assertThat(failures)
        .singleElement()
        .isEqualTo(
            new CellFailures(
                "r",
                0,
                0,
                2L,
                0,
                false,
                List.of(1, 1, 1, 1),
                List.of(0, 1, 2, 3),
                List.of(
                    StuckAt.LOW_RESISTANCE,
                    StuckAt.LOW_RESISTANCE,
                    StuckAt.LOW_RESISTANCE,
                    StuckAt.LOW_RESISTANCE)));
  }

  /**
   * The instance is replaced on the way; what failed before is neither forgotten nor said again.
   */
  @Test
  void process_lastIteration_reportsWhenHowManyFailedAndWhere() throws Exception {
    write(0, 1);
    write(1, 1);
    write(2, 0, 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(bytes));
    worker = open();
    worker.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    write(3, 0, 1);
    write(4, 0);

    assertThat(failures).extracting(CellFailures::getIteration).containsExactly(2L, 4L);
    assertThat(reports)
        .singleElement()
        .satisfies(
            wear -> {
              assertThat(wear.getFailedAt()).containsExactly(2L, 4L);
              assertThat(wear.getFailedCells()).containsExactly(4L, 8L);
              assertThat(wear.getRowFailures()).containsExactly(4, 4);
              assertThat(wear.getUpdateRowTimes()).isEqualTo(7);
              assertThat(wear.getStuckCells()).isZero();
            });
  }
}
