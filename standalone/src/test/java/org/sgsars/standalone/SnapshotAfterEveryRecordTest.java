package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;
import org.sgsars.standalone.StagesInMemory.Entry;
import org.sgsars.standalone.StagesInMemory.Restarts;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.Wear;

/**
 * The state of every service is all that it needs to go on: saved and restored after every record,
 * between two chunks and two parts too, it sends the same bytes on every topic as never saved.
 */
final class SnapshotAfterEveryRecordTest {
  static final Policies POLICIES = Policies.onClassPath();
  private static final Topics TOPICS = new Topics("");
  private static final int ITERATIONS = 15;

  /** 19 x 6 with its bias, 9 x 10, and 5 x 2 with its bias: blocks of two columns. */
  private static final List<LayerShape> LAYERS =
      MappedNetwork.layersOf(
          List.of(
              new ParameterShape("a.weight", List.of(6, 2, 9)),
              new ParameterShape("a.bias", List.of(6)),
              new ParameterShape("b.weight", List.of(10, 9)),
              new ParameterShape("c.weight", List.of(2, 4)),
              new ParameterShape("c.bias", List.of(2))));

  static {
    WireFormat.trustOwnRecords();
  }

  /** Runs that use every feature, some at a time: a snapshot holds all layers of all scenarios. */
  enum Run {
    SPARSIFIERS(
        """
        optimizer: {weightDecay: 0.05, learningRateSteps: [{from: 7, learningRate: 0.02}]}
        pipeline: {wire: bf16}
        report: {interval: 5, selections: true}
        scenarios:
          - {name: dense, sparsifier: {kind: dense, quantize: 6, skipUnchanged: true}}
          - {name: max, sparsifier: {kind: sgs, rows: 2, quantize: 8}}
          - {name: sum, sparsifier: {kind: sgs, score: sum, share: 0.3, block: 2}}
          - {name: position, sparsifier: {kind: sgs, byPosition: true, smallRows: 10}}
          - {name: top-k, sparsifier: {kind: top-k, ratio: 0.1}}
          - {name: cells, sparsifier: {kind: threshold, magnitude: 2}}
          - {name: pulses, sparsifier: {kind: mixed-precision, step: 0.02}}
        """),
    MORE_SPARSIFIERS(
        """
        report: {interval: 7, selections: true}
        scenarios:
          - {name: rows, sparsifier: {kind: threshold, magnitude: 2, writes: rows}}
          - {name: random, sparsifier: {kind: random-row, quantize: 8, skipUnchanged: true}}
          - {name: attacker, sparsifier: {kind: attacker, row: 3, pattern: ascend-then-hammer, ascents: 2}}
          - {name: sum, sparsifier: {kind: sgs, score: sum}}
          - {name: position, sparsifier: {kind: sgs, byPosition: true}, leveller: {kind: lru-swap}}
        """),
    LEVELLERS(
        """
        scenarios:
          - {name: ars, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: ars, interval: 3, pairs: 2}}
          - {name: lru, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: lru-swap}}
          - {name: out, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: out-of-place, gap: 1}}
          - {name: paced, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: paced, gap: 1, budget: 0.5}}
          - {name: random, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: random-ars, interval: 2}}
          - {name: refresh, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: refresh, interval: 5}}
          - {name: endurer, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: endurer, interval: 4}}
          - {name: swap, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: random-swap, interval: 4}}
        """),
    MORE_LEVELLERS(
        """
        crossbar: {size: 4, spareRows: 2}
        scenarios:
          - {name: security, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: security-refresh, interval: 3}}
          - {name: gap, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: start-gap, psi: 4}}
          - {name: threshold, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: threshold-swap, lead: 2}}
          - {name: wear, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: wear-rate, lead: 1}, device: {kind: lognormal, median: 9}}
          - {name: all, sparsifier: {kind: dense}, leveller: [{kind: start-gap, psi: 4}, {kind: paced, gap: 1, budget: 0.5}, {kind: ars, interval: 2}]}
          - {name: none, sparsifier: {kind: dense}, leveller: {kind: none}}
        """),
    RETIRED_ROWS(
        """
        crossbar: {size: 8}
        device: {kind: lognormal, median: 9, spread: 0.4, stuckLow: 0.03, wornAs: either}
        report: {interval: 4}
        scenarios:
          - {name: alone, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: retire}}
          - {name: paced, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: paced, gap: 1, budget: 0.5}, {kind: retire}]}
          - {name: wolfram, sparsifier: {kind: top-k, ratio: 0.2}, leveller: [{kind: random-swap, interval: 3}, {kind: retire, columnBlocks: 1}]}
          - {name: one-block, sparsifier: {kind: dense}, leveller: [{kind: wear-rate, lead: 1}, {kind: retire, columnBlocks: 1}]}
          - {name: cells, sparsifier: {kind: top-k, ratio: 0.3}, leveller: [{kind: ars, interval: 3}, {kind: retire}]}
        """),
    TESTED_ROWS(
        """
        device: {kind: lognormal, median: 9, spread: 0.4, stuckLow: 0.03, wornAs: either}
        report: {interval: 4}
        scenarios:
          - {name: rows, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: detect-remap, interval: 3}}
          - {name: cells, sparsifier: {kind: top-k, ratio: 0.3}, leveller: [{kind: random-ars, interval: 2}, {kind: detect-remap, interval: 4, testWrites: 0}]}
        """),
    TILES(
        """
        device: {kind: lognormal, median: 9, stuckLow: 0.03, stuckHigh: 0.04, mapping: bit-slices, weightBits: 4}
        report: {interval: 4}
        scenarios:
          - {name: shared, sparsifier: {kind: sgs, rows: 2}, leveller: {kind: cross-layer, interval: 3, gap: 1}}
          - {name: own, sparsifier: {kind: threshold, magnitude: 2, writes: rows}, leveller: [{kind: ars, interval: 2}, {kind: cross-layer, interval: 2, gap: 1, shareColumns: false}]}
          - {name: wear, sparsifier: {kind: sgs, rows: 2}, leveller: [{kind: wear-rate, lead: 1}, {kind: paced, gap: 1}, {kind: cross-layer, interval: 4, gap: 1}]}
          - {name: retired, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: paced, gap: 1}, {kind: cross-layer, interval: 2, gap: 1}, {kind: retire}]}
          - {name: spare, sparsifier: {kind: sgs, rows: 2}, crossbar: {size: 4, spareRows: 3}, leveller: [{kind: wear-rate, lead: 1}, {kind: cross-layer, interval: 3, gap: 1}]}
        """),
    FEEDBACK(
        """
        scenarios:
          - {name: rival, sparsifier: {kind: rival, wearFeedback: 2, steepness: 3}}
          - {name: levelled, sparsifier: {kind: rival, wearFeedback: 3}, leveller: {kind: out-of-place, gap: 1}}
          - {name: tiles, sparsifier: {kind: rival, wearFeedback: 2}, leveller: [{kind: lru-swap}, {kind: cross-layer, interval: 3, gap: 1}]}
        """),
    DEVICES(
        """
        device: {kind: lognormal, median: 5, stuckLow: 0.05, stuckHigh: 0.05, wornAs: either, mapping: differential-pair}
        report: {interval: 6, selections: true}
        scenarios:
          - {name: cells, sparsifier: {kind: top-k, ratio: 0.3}, leveller: {kind: ars, interval: 3}}
          - {name: rows, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: lru-swap}, device: {kind: normal, mean: 6, sigma: 2}}
          - {name: dense, sparsifier: {kind: dense}, leveller: {kind: refresh, interval: 4}}
          - {name: both, sparsifier: {kind: sgs, byPosition: true, smallRows: 9}, device: {kind: constant, writes: 1}}
        """),
    EACH_TRAINS(
        """
        closedLoop: each
        pipeline: {wire: f16}
        device: {kind: lognormal, median: 8, stuckLow: 0.05, stuckHigh: 0.05, wornAs: either, mapping: bit-slices, weightBits: 6, writeFailure: 0.1}
        scenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: moved, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: out-of-place, gap: 1}, {kind: ars, interval: 4}]}
          - {name: retired, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: paced, gap: 1}, {kind: retire}]}
          - {name: cells, sparsifier: {kind: top-k, ratio: 0.2, quantize: 8, skipUnchanged: true}, leveller: {kind: lru-swap}, device: {kind: normal, mean: 6, sigma: 2, wornAs: low, mapping: differential-pair}}
          - {name: rival, sparsifier: {kind: rival, wearFeedback: 1}, leveller: {kind: random-ars, interval: 2}, device: {kind: constant, writes: 4}}
          - {name: tiles, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: paced, gap: 1}, {kind: cross-layer, interval: 3, gap: 1}]}
        """),
    TILES_TRAIN(
        """
        closedLoop: each
        crossbar: {size: 4, spareRows: 3}
        device: {kind: lognormal, median: 12, spread: 0.4, stuckLow: 0.03, wornAs: either, mapping: differential-pair}
        scenarios:
          - {name: rows, sparsifier: {kind: sgs, rows: 3}, leveller: [{kind: paced, gap: 1}, {kind: cross-layer, interval: 2, gap: 1}, {kind: retire}]}
          - {name: all, sparsifier: {kind: dense}, leveller: [{kind: wear-rate, lead: 1}, {kind: paced, gap: 1}, {kind: cross-layer, interval: 3, gap: 1}, {kind: retire}]}
          - {name: own, sparsifier: {kind: sgs, rows: 2}, leveller: [{kind: cross-layer, interval: 2, gap: 1, shareColumns: false}, {kind: retire}]}
        """),
    ONE_TRAINS(
        """
        scenarios:
          - {name: steers, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: security-refresh, interval: 2}, train: true}
          - {name: tiles, sparsifier: {kind: sgs, rows: 3}, leveller: {kind: cross-layer, interval: 3, gap: 1}}
          - {name: pulses, sparsifier: {kind: mixed-precision, step: 0.02}, leveller: {kind: endurer, interval: 4}}
          - {name: cells, sparsifier: {kind: threshold, magnitude: 1}, leveller: {kind: threshold-swap, lead: 2}}
        """);

    final String text;

    Run(String text) {
      this.text = text;
    }

    String experiment() {
      return """
          name: all
          source: {kind: noise, iterations: %d, layers: [{name: a, rows: 4, columns: 4}]}
          %s%s\
          """
          .formatted(
              ITERATIONS,
              ("\n" + text).contains("\ncrossbar:") ? "" : "crossbar: {size: 4}\n",
              text);
    }

    boolean trains() {
      return this == EACH_TRAINS || this == TILES_TRAIN || this == ONE_TRAINS;
    }
  }

  @TempDir Path folder;

  private RunPlan plan(Run run) throws Exception {
    Path file = folder.resolve(run + ".yml");
    Files.writeString(file, run.experiment());
    return plan(file, run.trains());
  }

  /**
   * @param file an experiment for these layers
   */
  static RunPlan plan(Path file, boolean trains) throws Exception {
    return ExperimentFile.read(file, POLICIES).toPlan("r", 0, "by hand", LAYERS, trains, POLICIES);
  }

  @ParameterizedTest
  @EnumSource(Run.class)
  void restore_afterEveryRecord_sendsTheSameBytes(Run run) throws Exception {
    RunPlan plan = plan(run);
    StagesInMemory never = new StagesInMemory(plan, POLICIES, Restarts.NEVER);
    never.run(gradients(plan));
    assertUsesAll(plan, never);

    StagesInMemory always = new StagesInMemory(plan, POLICIES, Restarts.ALWAYS);
    always.run(gradients(plan));

    for (String topic : TOPICS.all()) {
      assertThat(described(always.entries(topic)))
          .as(topic)
          .isEqualTo(described(never.entries(topic)));
    }
  }

  /** A number for each of the values, so that a difference is short to show. */
  static List<String> described(List<Entry> entries) {
    List<String> described = new ArrayList<>();
    for (Entry entry : entries) {
      described.add(
          "%d %s %d bytes %x"
              .formatted(
                  described.size(),
                  entry.key(),
                  entry.value().remaining(),
                  java.util.Arrays.hashCode(entry.value().array())));
    }
    return described;
  }

  /** The run comes to its end, and does what it is here for. */
  private static void assertUsesAll(RunPlan plan, StagesInMemory stages) throws Exception {
    List<Wear> last = new ArrayList<>();
    for (Entry entry : stages.entries(TOPICS.wear())) {
      Wear wear = WireFormat.WEAR.decode(entry.value());
      if (wear.getIterations() == ITERATIONS) {
        last.add(wear);
      }
    }
    assertThat(last).hasSize(plan.scenarios().size() * LAYERS.size());
    for (int i = 0; i < plan.scenarios().size(); i++) {
      int scenario = i;
      ScenarioPlan of = plan.scenarios().get(i);
      List<Wear> wear = last.stream().filter(w -> w.getScenario() == scenario).toList();
      if (of.device().isPresent()) {
        assertThat(wear).as(of.name()).anyMatch(w -> !w.getRowFailures().isEmpty());
      }
      boolean levels = of.levellers().stream().noneMatch(l -> l.kind().equals("none"));
      assertThat(wear.stream().anyMatch(w -> w.getLevellingCellWrites() > 0))
          .as(of.name())
          .isEqualTo(levels);
    }
    boolean crosses = plan.scenarios().stream().anyMatch(s -> s.crossLayer().isPresent());
    int parts = 0;
    for (Entry entry : stages.entries(TOPICS.rowWrites())) {
      RowWrites writes = WireFormat.ROW_WRITES.decode(entry.value());
      parts = Math.max(parts, writes.getParts());
    }
    assertThat(parts > 2).isEqualTo(crosses);
    assertThat(stages.waits() > 0).isEqualTo(crosses || usesFeedback(plan));
  }

  private static boolean usesFeedback(RunPlan plan) {
    return plan.sparsifiers().stream().anyMatch(s -> WearFeedback.interval(s).isPresent());
  }

  @Test
  void runs_together_useEveryKind() throws Exception {
    Set<String> sparsifiers = new TreeSet<>();
    Set<String> levellers = new TreeSet<>();
    for (Run run : Run.values()) {
      RunPlan plan = plan(run);
      plan.sparsifiers().forEach(choice -> sparsifiers.add(choice.kind()));
      plan.scenarios().stream()
          .flatMap(scenario -> scenario.levellers().stream())
          .map(PolicyChoice::kind)
          .forEach(levellers::add);
    }
    // What is given comes to the bench, which has no snapshots.
    Set<String> expected =
        POLICIES.kinds(PolicyFamily.SPARSIFIER).stream()
            .filter(kind -> !kind.equals("given"))
            .collect(Collectors.toSet());
    assertThat(sparsifiers).isEqualTo(expected);
    Set<String> kinds = new TreeSet<>(POLICIES.kinds(PolicyFamily.LEVELLER));
    // No manifest names it: others stand in its place.
    kinds.remove("recommended");
    assertThat(levellers).isEqualTo(kinds);
  }

  /** Chunks of two outputs, those of all layers and trainings in turn. */
  static List<Entry> gradients(RunPlan plan) {
    Random random = new Random(5);
    List<Entry> entries = new ArrayList<>();
    for (long iteration = plan.sendsWeights() ? -1 : 0; iteration < ITERATIONS; iteration++) {
      for (int chunk = 0; chunk < 5; chunk++) {
        for (int training = 0; training < plan.trainings(); training++) {
          for (int layer = 0; layer < LAYERS.size(); layer++) {
            int chunks = LAYERS.get(layer).columns() / 2;
            if (chunk < chunks) {
              entries.add(chunk(plan, training, layer, iteration, chunk, random));
            }
          }
        }
      }
    }
    return entries;
  }

  private static Entry chunk(
      RunPlan plan, int training, int layer, long iteration, int chunk, Random random) {
    LayerShape shape = LAYERS.get(layer);
    GradientFormat format = iteration < 0 ? GradientFormat.F32 : plan.gradientFormat();
    Gradients record =
        new Gradients(
            plan.run(),
            layer,
            iteration,
            chunk,
            shape.columns() / 2,
            chunk * 2,
            2,
            values(format, 2 * shape.inputs(), random),
            values(format, shape.hasBias() ? 2 : 0, random),
            training);
    return new Entry(
        Topics.key(plan.run(), shape.name()), ByteBuffer.wrap(WireFormat.GRADIENTS.encode(record)));
  }

  private static ByteBuffer values(GradientFormat format, int count, Random random) {
    ByteBuffer bytes = ByteBuffer.allocate(count * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    if (format.rounds()) {
      short[] halves = new short[count];
      format.toHalves(values, count, halves);
      bytes.asShortBuffer().put(halves);
    } else {
      bytes.asFloatBuffer().put(values);
    }
    return bytes;
  }
}
