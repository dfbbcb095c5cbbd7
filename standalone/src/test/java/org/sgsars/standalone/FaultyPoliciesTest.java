package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.failure.ServiceException;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerPolicy;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.producer.PreparedBench;
import org.sgsars.producer.PreparedRun;
import org.sgsars.producer.kafka.RunProducer;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.TopicReader;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Gradients;

/**
 * What a user's policy or another program's manifest does wrong ends what it is of, and no service:
 * neither at once nor when it is started again.
 */
final class FaultyPoliciesTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int PARTITIONS = 2;

  /** Breaks at the end of iteration 20. */
  private static final class Breaking implements LevellerPolicy<NoSettings> {
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
      return new Leveller() {
        @Override
        public void afterIteration(long iterationsDone) {
          if (iterationsDone == 21) {
            throw new NoClassDefFoundError("org/example/Gone");
          }
        }
      };
    }
  }

  private static final Policies POLICIES =
      new Policies(
          Stream.concat(
                  Stream.of(PolicyFamily.values())
                      .flatMap(family -> Runs.POLICIES.all(family).stream()),
                  Stream.of(new Breaking()))
              .toList());

  @TempDir private Path folder = Path.of("");
  private final ReceivedReports reports = new ReceivedReports();
  private final PipelineLog kafka = Runs.inMemory(PARTITIONS);
  private RunningServices services = new RunningServices(kafka, folder, TIMEOUT);

  @BeforeEach
  void start() {
    kafka.prepareTopics();
    startServices();
  }

  @AfterEach
  void stopAll() throws Exception {
    services.stopAll();
  }

  private void startServices() {
    services = new RunningServices(kafka, folder.resolve("state"), TIMEOUT);
    services.start(new SgsStage(POLICIES));
    services.start(new ArsStage(POLICIES));
    services.start(new CrossbarStage(POLICIES));
    services.start(new AnalyzerLoop(kafka, POLICIES, reports));
  }

  private PreparedRun prepared(String run, String leveller) throws Exception {
    Path file = folder.resolve(run + ".yml");
    Files.writeString(
        file,
        """
        name: x
        source: {kind: trace, path: %s, iterations: 60}
        scenarios:
          - {name: plain, sparsifier: {kind: sgs}}
          - {name: own, sparsifier: {kind: sgs}, leveller: {kind: %s}}
        """
            .formatted(Runs.PROJECT.resolve("traces/fashion-lenet.avro"), leveller));
    return PreparedRun.of(ExperimentFile.read(file, POLICIES), POLICIES, run, Instant.EPOCH);
  }

  private void send(String run, String leveller) throws Exception {
    RunProducer producer = services.start(prepared(run, leveller).producer(kafka));
    services.join(producer);
  }

  @Test
  void bench_policyThatThrows_namesScenarioLayerIterationAndPolicy() throws Exception {
    Path file = folder.resolve("bench.yml");
    Files.writeString(
        file,
        """
        name: x
        source: {kind: skewed, spread: 0.5, iterations: 60, layers: [{name: fc, rows: 20, columns: 4}]}
        scenarios:
          - {name: own, sparsifier: {kind: given}, leveller: {kind: breaking}}
        """);
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(file, POLICIES), POLICIES, Instant.EPOCH);

    assertThatThrownBy(() -> new BenchRun(bench, POLICIES).execute(done -> {}))
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "scenario own, layer fc, iteration 20: leveller {kind: breaking} threw java.lang.NoClassDefFoundError: org/example/Gone");
  }

  private LifetimeReport awaitReport(String run) {
    return reports.await(run, TIMEOUT);
  }

  /** Announces a run, and sends one record of gradients for each of its layers. */
  private void announce(RunPlan plan, byte[] manifest) throws Exception {
    try (Producer<String, byte[]> producer = kafka.producer(Duration.ZERO)) {
      producer.send(new ProducerRecord<>("runs", 0, plan.run(), manifest)).get();
      for (int layer = 0; layer < plan.layers().size(); layer++) {
        Gradients gradients =
            new Gradients(
                plan.run(),
                layer,
                0L,
                0,
                1,
                0,
                1,
                ByteBuffer.allocate(4),
                ByteBuffer.allocate(4),
                0);
        producer.send(
            new ProducerRecord<>(
                "gradients",
                Topics.partition(plan.run(), layer, PARTITIONS),
                Topics.key(plan.run(), plan.layers().get(layer).name()),
                WireFormat.GRADIENTS.encode(gradients)));
      }
    }
  }

  private List<DeadLetter> letters(String run) {
    List<DeadLetter> letters = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, List.of("dead-letters"))) {
      reader.readToEnd(
          record -> {
            try {
              letters.add(WireFormat.DEAD_LETTER.decode(record.value()));
            } catch (org.sgsars.contract.wire.WireException e) {
              throw new AssertionError(e);
            }
          });
    }
    letters.removeIf(letter -> !run.equals(letter.getRun()));
    return letters;
  }

  @Test
  void run_levellerThrows_endsItsScenarioAndEverythingElseGoesOnAlsoAfterARestart()
      throws Exception {
    send("own", "breaking");

    LifetimeReport report = awaitReport("own");
    int layers = report.plan().layers().size();
    assertThat(report.complete()).isFalse();
    assertThat(report.scenarios().get(0).layers())
        .allSatisfy(layer -> assertThat(layer.iterations()).isEqualTo(60));
    assertThat(report.warnings())
        .hasSize(layers)
        .allSatisfy(
            warning ->
                assertThat(warning)
                    .contains(
                        "iteration 20, scenario 'own': leveller 'breaking' threw java.lang.NoClassDefFoundError: org/example/Gone"));
    assertThat(services.failures()).isEmpty();

    services.stopAll();
    startServices();
    send("after", "ars");

    assertThat(awaitReport("after").complete()).isTrue();
    assertThat(services.failures()).isEmpty();
    assertThat(letters("own"))
        .hasSize(layers)
        .allSatisfy(
            letter -> {
              assertThat(letter.getScenarios()).containsExactly(1);
              assertThat(letter.getEndsAt()).isEqualTo(20);
            });
  }

  @Test
  void run_manifestIsRefused_itsReportSaysWhyAndEverythingElseGoesOnAlsoAfterARestart()
      throws Exception {
    RunPlan good = prepared("refused", "ars").plan();
    RunPlan bad =
        good.with(
            good.sparsifiers(),
            List.of(
                good.scenarios().get(0),
                good.scenarios()
                    .get(1)
                    .with(
                        List.of(new PolicyChoice("ars", Map.of("interval", 0L))),
                        good.scenarios().get(1).device())));
    announce(bad, WireFormat.RUN_MANIFEST.encode(WireModel.toWire(bad)));
    RunPlan future = prepared("future", "ars").plan();
    byte[] ofAnotherVersion = WireFormat.RUN_MANIFEST.encode(WireModel.toWire(future));
    ofAnotherVersion[5]++;
    announce(future, ofAnotherVersion);

    LifetimeReport report = awaitReport("refused");
    assertThat(report.complete()).isFalse();
    assertThat(report.warnings())
        .isNotEmpty()
        .allSatisfy(
            warning ->
                assertThat(warning)
                    .contains("interval of leveller 'ars' is 0; allowed: a whole number from 1"));
    services.stopAll();
    startServices();
    send("after", "ars");

    assertThat(awaitReport("after").complete()).isTrue();
    assertThat(services.failures()).isEmpty();
    assertThat(letters("refused")).extracting(DeadLetter::getTopic).contains("runs");
    assertThat(letters("future"))
        .anySatisfy(
            letter -> {
              assertThat(letter.getTopic()).isEqualTo("runs");
              assertThat(letter.getReason())
                  .contains("which version wrote it is unknown, this is sgs-ars ");
            })
        .anySatisfy(
            letter ->
                assertThat(letter.getReason())
                    .contains("run 'future' was never announced: runs-0@1 cannot be used"));
  }
}
