package org.sgsars.sgs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.sparsifier.PlainSparsifierSettings;
import org.sgsars.sparsifier.Residual;
import org.sgsars.sparsifier.Sparsifier;
import org.sgsars.sparsifier.SparsifierPolicy;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.Updates;

/** A user's own sparsifier that breaks, beside one that does not, on the same gradients. */
final class ThrowingSparsifierTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final PolicyChoice BREAKING = new PolicyChoice("breaking", Map.of());
  private static final Policy<?> DENSE =
      Policies.onClassPath().find(PolicyFamily.SPARSIFIER, "dense").orElseThrow();

  private final class Breaking implements SparsifierPolicy<PlainSparsifierSettings> {
    @Override
    public String kind() {
      return "breaking";
    }

    @Override
    public String summary() {
      return "Breaks.";
    }

    @Override
    public Class<PlainSparsifierSettings> settingsType() {
      return PlainSparsifierSettings.class;
    }

    @Override
    public boolean readsResidual() {
      return true;
    }

    @Override
    public Sparsifier create(
        LayerShape layer, PlainSparsifierSettings settings, long seed, Residual residual) {
      return new Sparsifier() {
        @Override
        public void accumulate(int firstColumn, int columns, float[] velocity) {
          breakIf("accumulate");
        }

        @Override
        public Selection select(long iteration) {
          breakIf("select");
          return new Selection.Rows(new int[] {0});
        }

        @Override
        public void resume(int columns) {
          breakIf("resume");
        }
      };
    }
  }

  private String breaksIn = "nothing";

  private void breakIf(String place) {
    if (place.equals(breaksIn)) {
      throw new StackOverflowError("deep");
    }
  }

  private final List<Integer> sent = new ArrayList<>();

  private static RunPlan plan(List<PolicyChoice> sparsifiers) {
    List<ScenarioPlan> scenarios = new ArrayList<>();
    for (int i = 0; i < sparsifiers.size(); i++) {
      scenarios.add(new ScenarioPlan("s" + i, i, List.of(NONE), 4));
    }
    return new RunPlanBuilder("r", 6)
        .layers(new LayerShape("fc", 2, 1))
        .sparsifiers(sparsifiers)
        .scenarios(scenarios)
        .build();
  }

  private PartitionWorker worker(PolicyChoice... sparsifiers) {
    return new SgsStage(new Policies(List.of(DENSE, new Breaking())))
        .open(new Topics(""), RunCatalog.of(plan(List.of(sparsifiers))));
  }

  private static PolicyChoice dense() {
    return DENSE.bind(new PolicyChoice("dense", Map.of())).choice();
  }

  private void process(PartitionWorker worker, long iteration) throws BadRecordException {
    Gradients gradients =
        new Gradients(
            "r", 0, iteration, 0, 1, 0, 1, ByteBuffer.allocate(8), ByteBuffer.allocate(0), 0);
    worker.process(
        ByteBuffer.wrap(WireFormat.GRADIENTS.encode(gradients)),
        false,
        (topic, key, value) -> {
          try {
            Updates update = WireFormat.UPDATES.decode(value);
            sent.add(update.getSparsifier());
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"accumulate", "select"})
  void process_sparsifierThrows_endsItsScenariosAndTheOthersGoOnAlsoAfterARestart(String place)
      throws Exception {
    PartitionWorker worker = worker(dense(), BREAKING);
    process(worker, 0);
    breaksIn = place;

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> process(worker, 1));

    assertThat(bad)
        .hasMessage(
            "layer fc, iteration 1: sparsifier 'breaking' threw java.lang.StackOverflowError: deep; the layer ends here in scenario 's1' and goes on in the others");
    assertThat(bad.scenarios()).containsExactly(1);
    process(worker, 2);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));
    PartitionWorker restarted = worker(dense(), BREAKING);
    restarted.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    process(restarted, 3);
    assertThat(sent).containsExactly(0, 1, 0, 0, 0);
  }

  @Test
  void process_onlySparsifierThrows_endsTheLayer() {
    PartitionWorker worker = worker(BREAKING);
    breaksIn = "select";

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> process(worker, 0));

    assertThat(bad)
        .hasMessage(
            "layer fc, iteration 0, scenario 's0': sparsifier 'breaking' threw java.lang.StackOverflowError: deep; the layer ends here and its later records are skipped");
  }
}
