package org.sgsars.ars.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.NoLeveller;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.Updates;

/** A user's own leveller that breaks, beside one that does not, on the same updates. */
final class ThrowingLevellerTest {
  private static final PolicyChoice BREAKING = new PolicyChoice("breaking", Map.of());
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());

  /** Breaks where its settings say. */
  private final class Breaking implements LevellerPolicy<NoSettings> {
    @Override
    public String kind() {
      return "breaking";
    }

    @Override
    public String summary() {
      return "Breaks.";
    }

    @Override
    public Class<NoSettings> settingsType() {
      return NoSettings.class;
    }

    @Override
    public Leveller create(RowArray array, NoSettings settings, long seed) {
      breakIf("create");
      return new Leveller() {
        @Override
        public void afterIteration(long iterationsDone) {
          if (iterationsDone == breaksAt) {
            // There are four rows.
            array.exchange(0, 127);
          }
        }

        @Override
        public void save(DataOutput out) throws IOException {
          out.writeInt(4);
          breakIf("save");
        }

        @Override
        public void restore(DataInput in) throws IOException {
          breakIf("restore");
          in.readInt();
        }
      };
    }
  }

  private String breaksIn = "nothing";
  private long breaksAt = -1;

  private void breakIf(String place) {
    if (place.equals(breaksIn)) {
      throw new NoClassDefFoundError("org/example/Gone");
    }
  }

  private final List<RowWrites> sent = new ArrayList<>();

  private static RunPlan plan(List<PolicyChoice> ofOne, List<PolicyChoice> ofOther) {
    return new RunPlanBuilder("r", 6)
        .layers(new LayerShape("fc", 4, 4))
        .sparsifiers(new PolicyChoice("given", Map.of()))
        .scenarios(new ScenarioPlan("plain", 0, ofOne, 4), new ScenarioPlan("own", 0, ofOther, 4))
        .build();
  }

  private PartitionWorker worker(List<PolicyChoice> levellers) {
    return worker(plan(List.of(NONE), levellers));
  }

  private PartitionWorker worker(RunPlan plan) {
    return new ArsStage(new Policies(List.of(new NoLeveller(), new Breaking())))
        .open(new Topics(""), RunCatalog.of(plan));
  }

  private void process(PartitionWorker worker, long iteration) throws BadRecordException {
    Updates update =
        new Updates(
            "r", 0, 0, iteration, Extent.ROWS, List.of(1), List.of(), ByteBuffer.allocate(0));
    worker.process(
        ByteBuffer.wrap(WireFormat.UPDATES.encode(update)),
        false,
        (topic, key, value) -> {
          try {
            sent.add(WireFormat.ROW_WRITES.decode(value));
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void process_levellerThrows_endsItsScenarioAndTheOtherGoesOn(boolean isOneOfTwo)
      throws Exception {
    PartitionWorker worker = worker(isOneOfTwo ? List.of(NONE, BREAKING) : List.of(BREAKING));
    process(worker, 0);
    breaksAt = 2;

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> process(worker, 1));

    assertThat(bad)
        .hasMessageStartingWith("layer fc, iteration 1, scenario 'own': leveller 'breaking' threw ")
        .hasMessageContaining("127")
        .hasMessageEndingWith("; the layer ends here in scenario 'own' and goes on in the others");
    assertThat(bad.scenarios()).containsExactly(1);
    assertThat(bad.endsAt()).hasValue(1);
    process(worker, 2);
    assertThat(sent).extracting(RowWrites::getScenario).containsExactly(0, 1, 0, 0);
  }

  @Test
  void restore_afterALevellerThrew_itsScenarioStaysEnded() throws Exception {
    PartitionWorker worker = worker(List.of(BREAKING));
    process(worker, 0);
    breaksAt = 2;
    assertThat(catchThrowableOfType(BadRecordException.class, () -> process(worker, 1)))
        .isNotNull();
    sent.clear();

    PartitionWorker restarted = restarted(worker, worker(List.of(BREAKING)));
    process(restarted, 1);
    process(restarted, 2);

    assertThat(sent).extracting(RowWrites::getScenario).containsExactly(0);
  }

  private static PartitionWorker restarted(PartitionWorker before, PartitionWorker after)
      throws IOException {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    before.save(new DataOutputStream(saved));
    after.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    return after;
  }

  private void assertThatItsScenarioAloneEnds(PartitionWorker worker, long iteration)
      throws Exception {
    sent.clear();
    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> process(worker, iteration));

    assertThat(bad)
        .hasMessage(
            "layer fc, iteration %d, scenario 'own': leveller 'breaking' threw java.lang.NoClassDefFoundError: org/example/Gone; the layer ends here in scenario 'own' and goes on in the others"
                .formatted(iteration));
    process(worker, iteration + 1);
    assertThat(sent).extracting(RowWrites::getScenario).containsExactly(0, 0);
  }

  @Test
  void process_levellerCannotBeMade_endsItsScenarioAlone() throws Exception {
    breaksIn = "create";

    assertThatItsScenarioAloneEnds(worker(List.of(BREAKING)), 0);
  }

  @Test
  void restore_levellerThrows_endsItsScenarioAloneWithTheNextRecord() throws Exception {
    PartitionWorker worker = worker(List.of(BREAKING));
    process(worker, 0);
    breaksIn = "restore";

    PartitionWorker restarted = restarted(worker, worker(List.of(BREAKING)));
    breaksIn = "nothing";
    restarted = restarted(restarted, worker(List.of(BREAKING)));

    assertThatItsScenarioAloneEnds(restarted, 1);
  }

  @Test
  void save_levellerThrows_endsItsScenarioAloneHereAndAfterARestart() throws Exception {
    PartitionWorker worker = worker(List.of(BREAKING));
    process(worker, 0);
    breaksIn = "save";

    PartitionWorker restarted = restarted(worker, worker(List.of(BREAKING)));

    assertThatItsScenarioAloneEnds(restarted, 1);
    assertThatItsScenarioAloneEnds(worker, 1);
  }

  @Test
  void process_noLevellerCanBeMade_endsTheLayer() {
    breaksIn = "create";
    PartitionWorker worker = worker(plan(List.of(BREAKING), List.of(BREAKING)));

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> process(worker, 0));

    assertThat(bad)
        .hasMessage(
            "iteration 0: leveller 'breaking' threw java.lang.NoClassDefFoundError: org/example/Gone; the layer ends here and its later records are skipped");
  }
}
