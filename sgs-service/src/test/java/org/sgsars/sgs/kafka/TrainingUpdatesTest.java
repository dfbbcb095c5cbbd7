package org.sgsars.sgs.kafka;

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
import org.sgsars.contract.wire.WireModel;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.Extent;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.Updates;

/** Two outputs of one input, and a bias; SGS and dense scenarios. */
final class TrainingUpdatesTest {
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());
  private static final List<LayerShape> LAYERS =
      MappedNetwork.layersOf(
          List.of(
              new ParameterShape("fc.weight", List.of(2, 1)),
              new ParameterShape("fc.bias", List.of(2))));

  static {
    WireFormat.trustOwnRecords();
  }

  private final List<Updates> sent = new ArrayList<>();

  private static RunPlan plan(Integer... training) {
    return new RunPlanBuilder("r", 9)
        .optimizer(new OptimizerSettings(0, 0.5f, 0))
        .training(new TrainingPlan(List.of(training), 5))
        .layers(LAYERS)
        .sparsifiers(sparsifier("sgs"), sparsifier("dense"))
        .scenarios(
            new ScenarioPlan("sgs", 0, List.of(NONE), 2),
            new ScenarioPlan("dense", 1, List.of(NONE), 2))
        .reports(5, false)
        .build();
  }

  private static PolicyChoice sparsifier(String kind) {
    return Policies.onClassPath()
        .bind(PolicyFamily.SPARSIFIER, new PolicyChoice(kind, Map.of()))
        .orElseThrow()
        .choice();
  }

  private static PartitionWorker open(RunPlan plan) {
    return new SgsStage(Policies.onClassPath()).open(new Topics(""), RunCatalog.of(plan));
  }

  /** One output at a time. */
  private void output(
      PartitionWorker worker, int training, long iteration, int output, float weight, float bias)
      throws Exception {
    Gradients record =
        new Gradients(
            "r",
            0,
            iteration,
            output,
            2,
            output,
            1,
            WireModel.values(new float[] {weight}),
            WireModel.values(new float[] {bias}),
            training);
    worker.process(
        ByteBuffer.wrap(WireFormat.GRADIENTS.encode(record)),
        false,
        (topic, key, value) -> {
          try {
            sent.add(WireFormat.UPDATES.decode(value));
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static float[] values(Updates update) throws WireException {
    return WireModel.values(
        update.getValues(), update.getExtent(), update.getRows(), LAYERS.get(0));
  }

  @Test
  void process_oneSteers_itsUpdatesTellChanges() throws Exception {
    PartitionWorker worker = open(plan(0));

    output(worker, 0, -1, 0, 0.1f, 0.2f);
    assertThat(sent).isEmpty();
    output(worker, 0, -1, 1, 0.3f, 0.4f);
    // Only of the sparsifier that steers; row by row: weights, then biases.
    assertThat(sent).extracting(Updates::getSparsifier).containsExactly(0);
    assertThat(sent.get(0).getIteration()).isEqualTo(-1);
    assertThat(values(sent.get(0))).containsExactly(0.1f, 0.3f, 0.2f, 0.4f);

    output(worker, 0, 0, 0, 1, 2);
    output(worker, 0, 0, 1, 3, -8);
    assertThat(sent).extracting(Updates::getSparsifier).containsExactly(0, 0, 1);
    assertThat(sent.get(1).getRows()).containsExactly(1);
    assertThat(values(sent.get(1))).containsExactly(-1, 4);
    assertThat(sent.get(2).getExtent()).isEqualTo(Extent.ALL);
    assertThat(sent.get(2).getValues().remaining()).isZero();
  }

  @Test
  void process_eachTrains_onlyItsOwnSparsifierGetsTheGradients() throws Exception {
    PartitionWorker worker = open(plan(0, 1));
    for (int training = 0; training < 2; training++) {
      output(worker, training, -1, 0, 0.1f, 0.2f);
      output(worker, training, -1, 1, 0.3f, 0.4f);
    }
    sent.clear();

    output(worker, 1, 0, 0, 1, 2);
    output(worker, 1, 0, 1, 3, -8);

    assertThat(sent).extracting(Updates::getSparsifier).containsExactly(1);
    assertThat(values(sent.get(0))).containsExactly(-0.5f, -1.5f, -1, 4);
    output(worker, 0, 0, 0, 1, 2);
    output(worker, 0, 0, 1, 3, -8);
    assertThat(sent).extracting(Updates::getSparsifier).containsExactly(1, 0);
  }

  /** In the middle of the initial weights, too. */
  @Test
  void restore_betweenTwoOutputsOfTheWeights_continues() throws Exception {
    PartitionWorker worker = open(plan(0));
    output(worker, 0, -1, 0, 0.1f, 0.2f);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    worker.save(new DataOutputStream(saved));

    PartitionWorker restored = open(plan(0));
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));
    output(restored, 0, -1, 1, 0.3f, 0.4f);

    assertThat(values(sent.get(0))).containsExactly(0.1f, 0.3f, 0.2f, 0.4f);
  }
}
