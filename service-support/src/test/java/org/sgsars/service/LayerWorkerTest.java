package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.failure.ServiceException;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;

/**
 * Records here are words: {@code run/layer/iteration/step} of two steps an iteration. A layer adds
 * up the steps it saw and says the sum when an iteration is whole.
 */
final class LayerWorkerTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 3)
          .layers(
              MappedNetwork.layersOf(
                  List.of(
                      new ParameterShape("a.weight", List.of(2, 2)),
                      new ParameterShape("b.weight", List.of(2, 2)))))
          .sparsifiers(new PolicyChoice("dense", Map.of()))
          .scenarios(new ScenarioPlan("s", 0, List.of(NONE), 2))
          .reports(1, false)
          .build();

  private final Map<String, RunPlan> plans =
      new HashMap<>(Map.of("r", PLAN, "r~1", PLAN.asAttempt(1)));
  private final Set<String> retired = new HashSet<>();

  private final class Catalog implements RunCatalog {
    @Override
    public Optional<RunPlan> find(String run) {
      return Optional.ofNullable(plans.get(run));
    }

    @Override
    public Optional<String> problem(String run) {
      return problem;
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
    public Set<String> drainRetired() {
      return Set.of();
    }

    @Override
    public void close() {}
  }

  private final class Sum implements LayerState<String[]> {
    private final String layer;
    private int steps;

    Sum(int layer) {
      this.layer = "" + layer;
    }

    @Override
    public boolean isReady(String[] record, LayerOutput output) {
      breakAt("isReady", record[1]);
      return !record[1].equals(waitingLayer);
    }

    @Override
    public void apply(String[] record, LayerOutput output) throws WireException {
      if (record.length > 4) {
        throw new WireException("it says " + record[4]);
      }
      steps++;
      breakAt("apply", record[1]);
      if (record[3].equals("1")) {
        send((record[2] + ":" + steps).getBytes(StandardCharsets.UTF_8), output);
      }
      if (endingScenario) {
        output.end(List.of(1), "leveller 'x' threw up");
      }
    }

    /** A policy may do anything with what it catches. */
    private void send(byte[] value, LayerOutput output) throws WireException {
      try {
        output.send(value);
      } catch (ServiceException e) {
        throw new IllegalStateException("of a policy", e);
      }
    }

    @Override
    public void save(DataOutput out) throws IOException {
      out.writeInt(steps);
      breakAt("save", layer);
    }

    @Override
    public void restore(DataInput in) throws IOException {
      steps = in.readInt();
      breakAt("restore", layer);
    }
  }

  private final class Words implements LayerStage<String[]> {
    @Override
    public String service() {
      return "words";
    }

    @Override
    public String inputTopic(Topics topics) {
      return "in";
    }

    @Override
    public String outputTopic(Topics topics) {
      return "out";
    }

    @Override
    public String[] decode(ByteBuffer value) throws WireException {
      if (!value.hasRemaining()) {
        throw new WireException("nothing in it");
      }
      return StandardCharsets.UTF_8.decode(value).toString().split("/");
    }

    @Override
    public LayerPosition position(String[] record) {
      return new LayerPosition(
          record[0],
          0,
          Integer.parseInt(record[1]),
          Long.parseLong(record[2]),
          Integer.parseInt(record[3]),
          2);
    }

    @Override
    public int streams(RunPlan plan) {
      return 1;
    }

    @Override
    public List<Integer> scenarios(RunPlan plan, int stream) {
      return List.of();
    }

    @Override
    public long firstIteration(RunPlan plan, int stream) {
      return 0;
    }

    @Override
    public LayerState<String[]> layer(RunPlan plan, int stream, int layer, Topics topics) {
      if (layer == 1 && noRoom) {
        throw new OutOfMemoryError("Java heap space");
      }
      breakAt("open", "" + layer);
      return new Sum(layer);
    }
  }

  private PartitionWorker fresh() {
    return new Words().open(new Topics(""), new Catalog());
  }

  private final List<String> sent = new ArrayList<>();

  /** What is thrown where, by layer 1. */
  private String breaksAt = "nowhere";

  private Throwable thrown = new IllegalStateException("Row 127 has no place");
  private boolean endingScenario;
  private boolean sendingFails;
  private Optional<String> problem = Optional.empty();

  private void breakAt(String place, String layer) {
    if (place.equals(breaksAt) && layer.equals("1")) {
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }
  }

  private String waitingLayer = "none";
  private boolean aborted;
  private boolean noRoom;
  private PartitionWorker worker = fresh();

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
        (topic, key, value) -> {
          if (sendingFails) {
            throw new ServiceException("no broker");
          }
          sent.add(topic + " " + key + " " + new String(value, StandardCharsets.UTF_8));
        });
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
  void abandon_runGoesOnLater_layerGoesOnWhereItWaited() throws Exception {
    waitingLayer = "0";
    PartitionWorker.Waiting waits = offer("r/0/0/0", false).orElseThrow();
    aborted = true;
    worker.abandon(waits);
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
    worker.onGap();

    process("r/0/2/0", "r/0/2/1", "r/1/0/0", "r/1/0/1");

    assertThat(worker.drainLostRuns()).containsExactly("r");
    assertThat(worker.drainLostRuns()).isEmpty();
    // The other layer has all its records.
    assertThat(sent).containsExactly("out r/b 0:2");
  }

  /** As of sgs-service that begins again, and is replaced by one that has a later snapshot. */
  @Test
  void process_firstRecordsAreGoneAndSomeOfThemRepeated_runIsLost() throws Exception {
    worker.onGap();

    process("r/0/0/0", "r/0/0/1", "r/0/2/0");

    assertThat(worker.drainLostRuns()).containsExactly("r");
    assertThat(sent).containsExactly("out r/a 0:2");
  }

  @Test
  void process_firstRecordsAreGone_stillLostAfterARestart() throws Exception {
    worker.onGap();
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    worker = fresh();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    process("r/0/2/0");

    assertThat(worker.drainLostRuns()).containsExactly("r");
  }

  @Test
  void process_runAnnouncedAfterTheLoss_skippingRecordsIsBad() {
    worker.onGap();

    assertThat(refused("r~1/0/2/0")).hasMessageContaining("iteration 2 (record 1 of 2) came where");
    assertThat(worker.drainLostRuns()).isEmpty();
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

    assertThat(bad).hasMessageContaining("Not enough memory (");
    assertThat(bad).hasMessageContaining("; 1 other layers of this partition hold memory");
    assertThat(bad.layer()).contains("b");
    process("r/1/0/1", "r/0/0/1");
    assertThat(sent).containsExactly("out r/a 0:2");
  }

  @Test
  void restore_savedInTheMiddleOfAnIteration_continuesThere() throws Exception {
    process("r/0/0/0", "r/0/0/1", "r/0/1/0");
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));

    worker = fresh();
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

    worker = fresh();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    assertThat(worker.progress())
        .containsExactly(
            new PartitionWorker.LayerProgress("r", 0, 0, 3, "finished"),
            new PartitionWorker.LayerProgress("r", 0, 1, 0, "ended"));
  }

  @Test
  void evict_runIsOverForGood_nothingOfItIsKeptAndItsRecordsArePassedOver() throws Exception {
    process("r/0/0/0", "r~1/1/0/0");
    retire("r");
    worker.evict("r");

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

    worker = fresh();
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

    worker = fresh();
    worker.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    process("r/0/0/0", "r/0/0/1");

    assertThat(sent).containsExactly("out r/a 0:2");
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("Row 127 has no place"),
        new NoSuchElementException("no setting"),
        new NoClassDefFoundError("org/example/Gone"),
        new StackOverflowError("deep"),
        new AssertionError("never"),
        new OutOfMemoryError("Java heap space"));
  }

  /** Were it the service's end, it would be that again at each start, and of all other runs. */
  @ParameterizedTest
  @MethodSource("failures")
  void process_policyThrows_endsThatLayerWithOneLetterAndNoOther(Throwable failure)
      throws Exception {
    thrown = failure;
    for (String place : List.of("open", "isReady", "apply")) {
      worker = fresh();
      sent.clear();
      breaksAt = place;
      process("r/0/0/0");

      BadRecordException bad = refused("r/1/0/0");

      assertThat(bad)
          .as(place)
          .hasMessageContaining("layer b, iteration 0, scenario 's': ")
          .hasMessageContaining(
              failure instanceof OutOfMemoryError
                  ? "Not enough memory (Java heap space"
                  : failure.toString())
          .hasMessageEndingWith("; the layer ends here and its later records are skipped");
      assertThat(bad.layer()).contains("b");
      assertThat(bad.endsAt()).hasValue(0);
      breaksAt = "nowhere";
      process("r/1/0/0", "r/1/0/1", "r/0/0/1");
      assertThat(sent).containsExactly("out r/a 0:2");
    }
  }

  @Test
  void restore_afterAPolicyThrew_theLayerStaysEndedAndItsHalfStateIsGone() throws Exception {
    breaksAt = "apply";
    process("r/0/0/0");
    refused("r/1/0/0");
    breaksAt = "restore";

    restart();
    process("r/1/0/0", "r/1/0/1", "r/0/0/1");

    assertThat(sent).containsExactly("out r/a 0:2");
  }

  /** Whoever caught it on the way: nothing may be sent behind what could not be sent. */
  @Test
  void process_sendingFails_isTheServicesOwnFailure() throws Exception {
    process("r/0/0/0");
    sendingFails = true;

    assertThatThrownBy(() -> process("r/0/0/1"))
        .isInstanceOf(ServiceException.class)
        .hasMessage("no broker");
  }

  @Test
  void process_jvmIsAtItsEnd_isNoLayersEnd() throws Exception {
    breaksAt = "apply";
    thrown = new InternalError("bad memory");

    assertThatThrownBy(() -> process("r/1/0/0")).isSameAs(thrown);
  }

  @Test
  void save_policyThrows_othersAreSavedAndTheLayerEndsAtItsNextRecord() throws Exception {
    process("r/0/0/0", "r/1/0/0");
    breaksAt = "save";
    byte[] snapshot = saved();
    breaksAt = "nowhere";

    BadRecordException bad = refused("r/1/0/1");
    assertThat(bad)
        .hasMessage(
            "iteration 0: its snapshot cannot be written: java.lang.IllegalStateException: Row 127 has no place; the layer ends here and its later records are skipped");
    worker = restored(snapshot);
    assertThat(refused("r/1/0/1")).hasMessage(bad.getMessage());
    process("r/1/1/0", "r/0/0/1");

    assertThat(sent).containsExactly("out r/a 0:2");
  }

  /** It ends once more after a restart, and never goes on from a half snapshot. */
  @Test
  void save_againBeforeTheNextRecord_staysBroken() throws Exception {
    process("r/1/0/0");
    breaksAt = "save";
    saved();
    breaksAt = "nowhere";

    worker = restored(saved());

    assertThat(refused("r/1/0/1")).hasMessageContaining("its snapshot cannot be written");
  }

  @Test
  void save_noRoomOnTheDisk_isTheServicesOwnFailure() throws Exception {
    process("r/0/0/0", "r/1/0/0");

    assertThatThrownBy(
            () ->
                worker.save(
                    new DataOutputStream(
                        new OutputStream() {
                          private int left = 100;

                          @Override
                          public void write(int value) throws IOException {
                            if (left-- == 0) {
                              throw new IOException("no room");
                            }
                          }
                        })))
        .hasMessage("no room");
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "restore"})
  void restore_policyThrows_theLayerEndsAtItsNextRecordAndTheOthersGoOn(String place)
      throws Exception {
    process("r/0/0/0", "r/1/0/0");
    byte[] snapshot = saved();
    breaksAt = place;

    worker = restored(snapshot);

    assertThat(refused("r/1/0/1"))
        .hasMessageContaining("java.lang.IllegalStateException: Row 127 has no place")
        .extracting(bad -> bad.layer().orElseThrow())
        .isEqualTo("b");
    process("r/1/1/0", "r/0/0/1");
    assertThat(sent).containsExactly("out r/a 0:2");
  }

  /** With more memory it goes on; a snapshot that is good is not thrown away. */
  @Test
  void restore_noMemory_isTheServicesOwnFailure() throws Exception {
    process("r/1/0/0");
    byte[] snapshot = saved();
    breaksAt = "restore";
    thrown = new OutOfMemoryError("Java heap space");

    assertThatThrownBy(() -> restored(snapshot)).isSameAs(thrown);
  }

  @Test
  void process_layerEndsInOneScenario_oneLetterAndTheLayerGoesOn() throws Exception {
    process("r/0/0/0");
    endingScenario = true;

    BadRecordException bad = refused("r/0/0/1");

    assertThat(bad).hasMessageStartingWith("leveller 'x' threw up");
    assertThat(bad.scenarios()).containsExactly(1);
    assertThat(bad.endsAt()).hasValue(0);
    endingScenario = false;
    process("r/0/1/0", "r/0/1/1");
    assertThat(sent).containsExactly("out r/a 0:2", "out r/a 1:4");
  }

  @Test
  void process_manifestIsRefused_eachLayerEndsAndSaysWhy() throws Exception {
    problem = Optional.of("interval of leveller 'ars' is 0");

    assertThat(refused("r/0/0/0")).hasMessageContaining("interval of leveller 'ars' is 0");
    process("r/0/0/0", "r/0/0/1");

    assertThat(sent).isEmpty();
  }

  @Test
  void process_announcementCannotBeRead_saysSo() {
    problem = Optional.of("runs-0@5 cannot be used: of another version");

    assertThat(refused("q/0/0/0"))
        .hasMessage("run 'q' was never announced: runs-0@5 cannot be used: of another version");
  }

  private byte[] saved() throws IOException {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    return saved.toByteArray();
  }

  private PartitionWorker restored(byte[] snapshot) throws IOException {
    PartitionWorker fresh = fresh();
    fresh.restore(new DataInputStream(new ByteArrayInputStream(snapshot)));
    return fresh;
  }

  private void restart() throws IOException {
    worker = restored(saved());
  }

  private void retire(String run) {
    plans.remove(run);
    retired.add(run);
  }

  private static RunPlan createdAt(RunPlan plan, long ms) {
    return plan.from(
        new RunPlan.Origin(plan.name(), ms, plan.source(), plan.experiment(), plan.notices()));
  }
}
