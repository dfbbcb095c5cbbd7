package org.sgsars.crossbar.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.sgsars.contract.wire.WireModel;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.Weights;

/**
 * Two rows of two columns on two physical rows, whose cells survive two writes; the first scenario
 * trains.
 */
final class TrainedWeightsTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final LayerShape LAYER = new LayerShape("fc", 2, 2);
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 9)
          .training(new TrainingPlan(List.of(0), 5))
          .layers(LAYER)
          .sparsifiers(NONE)
          .scenarios(
              new ScenarioPlan("trains", 0, List.of(NONE), 2).on(device("value")),
              new ScenarioPlan("judged", 0, List.of(NONE), 2))
          .reports(5, false)
          .build();

  /** A training whose contents change crossbars. */
  private static final RunPlan TILES =
      new RunPlanBuilder("t", 9)
          .training(new TrainingPlan(List.of(0), 5))
          .layers(LAYER)
          .sparsifiers(NONE)
          .scenarios(
              new ScenarioPlan("tiles", 0, List.of(new PolicyChoice("cross-layer", Map.of())), 2)
                  .on(device("low")))
          .reports(5, false)
          .build();

  private static PolicyChoice device(String wornAs) {
    return Policies.onClassPath()
        .bind(
            PolicyFamily.DEVICE,
            new PolicyChoice("constant", Map.of("writes", 2.0, "wornAs", wornAs)))
        .orElseThrow()
        .choice();
  }

  static {
    WireFormat.trustOwnRecords();
  }

  private final List<Weights> sent = new ArrayList<>();
  private PartitionWorker worker = open(PLAN);

  private static PartitionWorker open(RunPlan plan) {
    return new CrossbarStage(Policies.onClassPath()).open(new Topics(""), RunCatalog.of(plan));
  }

  private static RowWrites.Builder record(long iteration, Extent extent, float... values) {
    return RowWrites.newBuilder()
        .setRun("r")
        .setScenario(0)
        .setLayer(0)
        .setIteration(iteration)
        .setExtent(extent)
        .setLogicalRows(List.of())
        .setPhysicalRows(List.of())
        .setColumns(List.of())
        .setLevellingRows(List.of())
        .setMovedLogicalRows(List.of())
        .setMovedToPhysicalRows(List.of())
        .setValues(WireModel.values(values));
  }

  private void process(RowWrites.Builder record) throws Exception {
    worker.process(
        ByteBuffer.wrap(WireFormat.ROW_WRITES.encode(record.build())),
        false,
        (topic, key, value) -> {
          try {
            if (topic.equals("weights")) {
              sent.add(WireFormat.WEIGHTS.decode(value));
            }
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void begin() throws Exception {
    process(record(-1, Extent.ALL, 0.1f, 0.2f, 0.3f, 0.4f));
  }

  private void row(long iteration, int row, float first, float second) throws Exception {
    process(
        record(iteration, Extent.ROWS, first, second)
            .setLogicalRows(List.of(row))
            .setPhysicalRows(List.of(row)));
  }

  private void assertLast(long iteration, Extent extent, List<Integer> rows, float... values)
      throws WireException {
    Weights last = sent.get(sent.size() - 1);
    assertThat(last.getScenario()).isZero();
    assertThat(last.getIteration()).isEqualTo(iteration);
    assertThat(last.getExtent()).isEqualTo(extent);
    assertThat(last.getRows()).isEqualTo(rows);
    assertThat(
            WireModel.values(
                last.getValues(), last.getExtent(), last.getRows(), PLAN.layers().get(0)))
        .containsExactly(values);
  }

  @Test
  void process_initialWeights_answersWithAll() throws Exception {
    begin();

    assertThat(sent).hasSize(1);
    assertLast(-1, Extent.ALL, List.of(), 0.1f, 0.2f, 0.3f, 0.4f);
  }

  @Test
  void process_rowChanges_answersWithThatRow() throws Exception {
    begin();

    row(0, 1, 0.5f, -0.5f);

    assertLast(0, Extent.ROWS, List.of(1), 0.3f + 0.5f, 0.4f - 0.5f);
  }

  @Test
  void process_cellsChange_answersWithThoseCells() throws Exception {
    begin();

    process(
        record(0, Extent.CELLS, 0.5f, 1)
            .setLogicalRows(List.of(0, 1))
            .setPhysicalRows(List.of(0, 1))
            .setColumns(List.of(1, 0)));

    assertLast(0, Extent.CELLS, List.of(0, 1), 0.2f + 0.5f, 0.3f + 1);
    assertThat(sent.get(1).getColumns()).containsExactly(1, 0);
  }

  @Test
  void process_nothingChanges_answersAllTheSame() throws Exception {
    begin();

    process(record(0, Extent.ROWS));

    assertLast(0, Extent.ROWS, List.of());
  }

  /** The third write of row 1 is not taken. */
  @Test
  void process_rowOutlivesItsEndurance_keepsWhatItLastTook() throws Exception {
    begin();

    row(0, 1, 0.5f, 0.5f);
    row(1, 1, 0.5f, 0.5f);
    assertLast(1, Extent.ROWS, List.of(1), 0.3f + 0.5f + 0.5f, 0.4f + 0.5f + 0.5f);
    row(2, 1, 0.5f, 0.5f);

    assertLast(2, Extent.ROWS, List.of(1), 0.3f + 0.5f + 0.5f, 0.4f + 0.5f + 0.5f);
  }

  @Test
  void process_allRowsAndAnExchange_answersWithAll() throws Exception {
    begin();

    process(
        record(0, Extent.ALL, 1, 1, 1, 1)
            .setLevellingRows(List.of(0, 1))
            .setMovedLogicalRows(List.of(0, 1))
            .setMovedToPhysicalRows(List.of(1, 0)));

    assertLast(0, Extent.ALL, List.of(), 0.1f + 1, 0.2f + 1, 0.3f + 1, 0.4f + 1);
  }

  @Test
  void process_afterARestart_answersAsBefore_andNotAgain() throws Exception {
    begin();
    row(0, 1, 0.5f, 0.5f);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    sent.clear();

    worker = open(PLAN);
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    row(0, 1, 0.5f, 0.5f);
    assertThat(sent).isEmpty();
    row(1, 1, 0.5f, 0.5f);

    assertLast(1, Extent.ROWS, List.of(1), 0.3f + 0.5f + 0.5f, 0.4f + 0.5f + 0.5f);
  }

  /**
   * The crossbar is exchanged for one whose row 0 had three writes: its cells hold 2. Row 1 had
   * none, and takes the content and the update.
   */
  @Test
  void process_contentComesToWornCells_answersWithWhatTheyHold() throws Exception {
    worker = open(TILES);
    process(record(-1, Extent.ALL, 0.1f, 0.2f, 0.3f, 0.4f).setRun("t"));

    process(
        record(0, Extent.ROWS, 0.5f, 0.5f)
            .setRun("t")
            .setLogicalRows(List.of(1))
            .setPhysicalRows(List.of(1))
            .setArrivals(List.of(new TileArrival(0, 0, 0, 2, List.of(3L, 0L)))));

    Weights last = sent.get(sent.size() - 1);
    assertThat(last.getRows()).containsExactly(0, 1);
    assertThat(WireModel.values(last.getValues(), Extent.ROWS, last.getRows(), LAYER))
        .containsExactly(2, 2, 0.3f + 0.5f, 0.4f + 0.5f);
  }

  @Test
  void process_scenarioThatDoesNotTrain_answersNothing() throws Exception {
    process(
        record(0, Extent.ROWS)
            .setScenario(1)
            .setLogicalRows(List.of(1))
            .setPhysicalRows(List.of(1)));

    assertThat(sent).isEmpty();
  }

  @Test
  void process_valuesThatDoNotFit_endTheLayer() throws Exception {
    begin();

    assertThatThrownBy(
            () ->
                process(
                    record(0, Extent.ROWS, 0.5f)
                        .setLogicalRows(List.of(1))
                        .setPhysicalRows(List.of(1))))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("4 bytes of values come for 2 cells of layer fc");
  }

  @Test
  void process_valueNotFinite_endsTheLayer() {
    assertThatThrownBy(
            () -> process(record(-1, Extent.ALL, 0.1f, Float.POSITIVE_INFINITY, 0.3f, 0.4f)))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("a value of layer fc is Infinity, which is not finite");
  }
}
