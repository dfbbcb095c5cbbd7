package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.model.GradientFormat;
import org.sgsars.contract.model.LayerShape;
import org.sgsars.contract.model.OptimizerSettings;
import org.sgsars.contract.model.ParameterShape;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.model.RunPlan;
import org.sgsars.contract.model.ScenarioPlan;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.wire.WireException;

/**
 * Records here are words: {@code run/layer/iteration/step} of two steps an iteration. A layer adds
 * up the steps it saw and says the sum when an iteration is whole.
 */
final class LayerWorkerTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Settings.NONE);
  private static final RunPlan PLAN =
      new RunPlan(
          "r",
          "r",
          0,
          "by hand",
          3,
          1,
          new OptimizerSettings(0.9f, 0.1f, 0),
          GradientFormat.F32,
          LayerShape.of(
              List.of(
                  new ParameterShape("a.weight", List.of(2, 2)),
                  new ParameterShape("b.weight", List.of(2, 2)))),
          List.of(new PolicyChoice("dense", Settings.NONE)),
          List.of(new ScenarioPlan("s", 0, List.of(NONE), 2)),
          1,
          false,
          RunPlan.RunTime.UNKNOWN,
          "");

  private final Map<String, RunPlan> plans =
      new HashMap<>(Map.of("r", PLAN, "r~1", PLAN.asAttempt(1)));
  private final Set<String> retired = new HashSet<>();

  private final class Catalog implements RunCatalog {
    @Override
    public Optional<RunPlan> find(String run) {
      return Optional.ofNullable(plans.get(run));
    }

    @Override
    public void expectNews() {}

    @Override
    public Set<String> announced() {
      return Set.of("r");
    }

    @Override
    public boolean isAborted(String run) {
      return aborted;
    }

    @Override
    public boolean isRetired(String run) {
      return retired.contains(run);
    }

    @Override
    public Set<String> takeRetired() {
      return Set.of();
    }

    @Override
    public void close() {}
  }

  private final class Sum implements LayerState<String[]> {
    private int steps;

    @Override
    public boolean isReady(String[] record, LayerOutput output) {
      return !record[1].equals(waitingLayer);
    }

    @Override
    public void apply(String[] record, LayerOutput output) throws WireException {
      if (record.length > 4) {
        throw new WireException("it says " + record[4]);
      }
      steps++;
      if (record[3].equals("1")) {
        output.send((record[2] + ":" + steps).getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeInt(steps);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      steps = in.readInt();
    }
  }

  private final class Worker extends LayerWorker<String[]> {
    Worker() {
      super(new Catalog(), "out");
    }

    @Override
    protected String[] decode(ByteBuffer value) throws WireException {
      if (!value.hasRemaining()) {
        throw new WireException("nothing in it");
      }
      return StandardCharsets.UTF_8.decode(value).toString().split("/");
    }

    @Override
    protected Position position(String[] record) {
      return new Position(
          record[0],
          0,
          Integer.parseInt(record[1]),
          Long.parseLong(record[2]),
          Integer.parseInt(record[3]),
          2);
    }

    @Override
    protected int streams(RunPlan plan) {
      return 1;
    }

    @Override
    protected LayerState<String[]> open(RunPlan plan, int stream, int layer) {
      if (layer == 1 && noRoom) {
        throw new OutOfMemoryError("Java heap space");
      }
      return new Sum();
    }
  }

  private final List<String> sent = new ArrayList<>();
  private String waitingLayer = "none";
  private boolean aborted;
  private boolean noRoom;
  private Worker worker = new Worker();

  private void process(String... records) throws BadRecordException {
    for (String record : records) {
      offer(record, false);
    }
  }

  private Optional<PartitionWorker.Waiting> offer(String record, boolean again)
      throws BadRecordException {
    return worker.process(
        ByteBuffer.wrap(record.getBytes(StandardCharsets.UTF_8)),
        again,
        (topic, key, value) ->
            sent.add(topic + " " + key + " " + new String(value, StandardCharsets.UTF_8)));
  }

  private BadRecordException refused(String record) {
    return catchThrowableOfType(BadRecordException.class, () -> process(record));
  }

  @Test
  void process_recordsInOrder_eachLayerGoesOnByItself() throws Exception {
    process("r/0/0/0", "r/1/0/0", "r/0/0/1", "r/0/1/0", "r/1/0/1", "r/0/1/1");

    assertThat(sent).containsExactly("out r/a 0:2", "out r/b 0:2", "out r/a 1:4");
  }

  @Test
  void process_oneLayerWaits_itsLaterRecordsWaitWithItAndTheOthersGoOn() throws Exception {
    process("r/0/0/0");
    waitingLayer = "0";

    Optional<PartitionWorker.Waiting> waits = offer("r/0/0/1", false);
    assertThat(waits).isPresent();
    assertThat(offer("r/0/1/0", false)).isEqualTo(waits);
    process("r/1/0/0", "r/1/0/1");
    assertThat(offer("r/0/0/1", true)).isEqualTo(waits);
    waitingLayer = "none";
    // A new record still waits for those that are offered again first.
    assertThat(offer("r/0/1/1", false)).isEqualTo(waits);
    assertThat(offer("r/0/0/1", true)).isEmpty();
    assertThat(offer("r/0/1/0", true)).isEmpty();
    assertThat(offer("r/0/1/1", true)).isEmpty();

    assertThat(sent).containsExactly("out r/b 0:2", "out r/a 0:2", "out r/a 1:4");
  }

  /** What was sent before the abort has a gap where records were passed over; that ends nothing. */
  @Test
  void giveUp_runGoesOnLater_layerGoesOnWhereItWaited() throws Exception {
    waitingLayer = "0";
    PartitionWorker.Waiting waits = offer("r/0/0/0", false).orElseThrow();
    aborted = true;
    worker.giveUp(waits);
    waitingLayer = "none";

    process("r/0/0/1", "r/0/0/0");
    assertThat(sent).isEmpty();
    aborted = false;
    process("r/0/1/0", "r/0/0/0", "r/0/0/1");

    assertThat(sent).containsExactly("out r/a 0:2");
  }

  @Test
  void process_recordsAppliedBefore_areSkippedInSilence() throws Exception {
    process("r/0/0/0", "r/0/0/0", "r/0/0/1", "r/0/0/0", "r/0/0/1", "r/0/1/0", "r/0/1/1");

    assertThat(sent).containsExactly("out r/a 0:2", "out r/a 1:4");
  }

  @Test
  void process_missingRecord_endsThatLayerOnceAndNoOther() throws Exception {
    process("r/0/0/0", "r/1/0/0");

    BadRecordException bad = refused("r/0/1/0");

    assertThat(bad)
        .hasMessage(
            "iteration 1 (record 1 of 2) came where iteration 0 (record 2) should; records between are missing; the layer ends here and its later records are skipped");
    assertThat(bad.endsLayer()).isTrue();
    assertThat(bad.run()).contains("r");
    assertThat(bad.layer()).contains("a");
    process("r/0/1/1", "r/1/0/1");
    assertThat(sent).containsExactly("out r/b 0:2");
  }

  @Test
  void process_recordThatContradictsTheRun_endsTheLayer() throws Exception {
    process("r/0/0/0");

    assertThat(refused("r/0/0/1/nonsense"))
        .hasMessage(
            "iteration 0: it says nonsense; the layer ends here and its later records are skipped");
  }

  /** Its producer can send the run anew; nothing is wrong with what comes. */
  @Test
  void process_stateAndFirstRecordsAreGone_runIsLostAndNoRecordIsBad() throws Exception {
    worker.beginLate();

    process("r/0/2/0", "r/0/2/1", "r/1/0/0", "r/1/0/1");

    assertThat(worker.takeLostRuns()).containsExactly("r");
    assertThat(worker.takeLostRuns()).isEmpty();
    // The other layer has all its records.
    assertThat(sent).containsExactly("out r/b 0:2");
  }

  @Test
  void process_firstRecordsAreGone_stillLostAfterARestart() throws Exception {
    worker.beginLate();
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    worker = new Worker();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    process("r/0/2/0");

    assertThat(worker.takeLostRuns()).containsExactly("r");
  }

  @Test
  void process_runAnnouncedAfterTheLoss_skippingRecordsIsBad() {
    worker.beginLate();

    assertThat(refused("r~1/0/2/0")).hasMessageContaining("iteration 2 (record 1 of 2) came where");
    assertThat(worker.takeLostRuns()).isEmpty();
  }

  @Test
  void process_runBeginsAnew_itsEarlierAttemptIsOver() throws Exception {
    process("r/0/0/0", "r~1/0/0/0", "r/0/0/1", "r~1/0/0/1");

    assertThat(sent).containsExactly("out r~1/a 0:2");
    assertThat(worker.progress())
        .extracting(PartitionWorker.LayerProgress::run, PartitionWorker.LayerProgress::state)
        .containsExactly(tuple("r", "ended"), tuple("r~1", "running"));
  }

  @Test
  void process_recordsOfNothingKnown_areBadAndEndNoLayer() throws Exception {
    assertThat(refused("q/0/0/0")).hasMessage("run 'q' was never announced");
    assertThat(refused("r/2/0/0")).hasMessage("layer 2 is outside [0, 2) of run r");
    assertThat(refused("r/-1/0/0")).hasMessage("layer -1 is outside [0, 2) of run r");
    assertThat(refused("")).hasMessage("nothing in it");

    process("r/0/0/0", "r/0/0/1");
    assertThat(sent).containsExactly("out r/a 0:2");
  }

  /** A service that ended for it would end again at each start, and with it all other runs. */
  @Test
  void process_noMemoryForALayer_endsThatLayerAndNoOther() throws Exception {
    noRoom = true;
    process("r/0/0/0");

    BadRecordException bad = refused("r/1/0/0");

    assertThat(bad).hasMessageContaining("no memory is left for the layer");
    assertThat(bad).hasMessageContaining("hold 1 other layers of this partition");
    assertThat(bad.layer()).contains("b");
    process("r/1/0/1", "r/0/0/1");
    assertThat(sent).containsExactly("out r/a 0:2");
  }

  @Test
  void restore_savedInTheMiddleOfAnIteration_goesOnThere() throws Exception {
    process("r/0/0/0", "r/0/0/1", "r/0/1/0");
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));

    worker = new Worker();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    // Read again from before the save, as after a restart.
    process("r/0/0/1", "r/0/1/0", "r/0/1/1");

    assertThat(sent).containsExactly("out r/a 0:2", "out r/a 1:4");
    assertThat(worker.progress())
        .containsExactly(new PartitionWorker.LayerProgress("r", 0, 0, 2, "running"));
  }

  @Test
  void restore_finishedAndEndedLayers_stayWhatTheyAre() throws Exception {
    process("r/0/0/0", "r/0/0/1", "r/0/1/0", "r/0/1/1", "r/0/2/0", "r/0/2/1");
    refused("r/1/1/0");
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));

    worker = new Worker();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    assertThat(worker.progress())
        .containsExactly(
            new PartitionWorker.LayerProgress("r", 0, 0, 3, "finished"),
            new PartitionWorker.LayerProgress("r", 0, 1, 0, "ended"));
  }

  @Test
  void forget_runIsOverForGood_nothingOfItIsKeptAndItsRecordsArePassedOver() throws Exception {
    process("r/0/0/0", "r~1/1/0/0");
    retire("r");
    worker.forget("r");

    process("r/0/0/1", "r/0/7/0");

    assertThat(sent).isEmpty();
    assertThat(worker.progress())
        .containsExactly(new PartitionWorker.LayerProgress("r~1", 0, 1, 0, "running"));
  }

  @Test
  void restore_stateOfARunThatIsOverForGood_isPassedOverAndTheOthersGoOn() throws Exception {
    process("r/0/0/0", "r/1/0/0", "r~1/1/0/0");
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    retire("r");

    worker = new Worker();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    process("r/1/0/1", "r~1/1/0/1");

    assertThat(sent).containsExactly("out r~1/b 0:2");
  }

  @Test
  void restore_runIsOverAndAnotherHasItsName_beginsAnew() throws Exception {
    process("r/0/0/0");
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    plans.put("r", createdAt(PLAN, 1));

    worker = new Worker();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    process("r/0/0/0", "r/0/0/1");

    assertThat(sent).containsExactly("out r/a 0:2");
  }

  private void retire(String run) {
    plans.remove(run);
    retired.add(run);
  }

  private static RunPlan createdAt(RunPlan plan, long ms) {
    return new RunPlan(
        plan.run(),
        plan.name(),
        ms,
        plan.source(),
        plan.iterations(),
        plan.seed(),
        plan.optimizer(),
        plan.gradientFormat(),
        plan.layers(),
        plan.sparsifiers(),
        plan.scenarios(),
        plan.wearInterval(),
        plan.reportSelections(),
        plan.time(),
        plan.experiment());
  }
}
