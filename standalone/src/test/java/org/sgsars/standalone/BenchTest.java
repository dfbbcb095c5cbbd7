package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.producer.PreparedBench;

/** The shipped bench against what the authors' own optimizer made of the same selections. */
final class BenchTest {
  private static final Path BENCH = Runs.PROJECT.resolve("experiments/bench.yml");
  private static final Policies POLICIES = Policies.onClassPath();
  private static List<ScenarioLifetime> scenarios = List.of();

  @TempDir private Path folder = Path.of("");

  private static LifetimeReport run(Path experiment) throws Exception {
    PreparedBench bench =
        PreparedBench.of(ExperimentFile.read(experiment, POLICIES), POLICIES, Instant.EPOCH);
    return new BenchRun(bench, POLICIES).execute(done -> {});
  }

  @BeforeAll
  static void runTheShippedBench() throws Exception {
    LifetimeReport report = run(BENCH);
    assertThat(report.complete()).isTrue();
    scenarios = report.scenarios();
  }

  private static ScenarioLifetime named(String name) {
    return scenarios.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest(name = "layer={0}")
  @ValueSource(ints = {0, 1, 2, 3})
  void ars_everyLayer_isTheReferenceOutcome(int layer) throws Exception {
    Path reference =
        Runs.PROJECT.resolve(
            "levellers/src/test/resources/fashion-cnn-20000-reference-outcome.json");
    JsonNode expected = new ObjectMapper().readTree(reference.toFile()).get("layers").get(layer);

    LayerLifetime actual = named("ars").layers().get(layer);

    assertThat(actual.maxCellWrites()).isEqualTo(expected.get("max_cell_writes").asLong());
    for (int row = 0; row < actual.physicalRows(); row++) {
      assertThat(actual.rowWrites()[row])
          .as("row %d", row)
          .isEqualTo(expected.get("row_writes").get(row).asLong());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"out-of-place", "paced"})
  void ourLevellers_shippedSelections_reachWhatIsPromised(String name) {
    ScenarioLifetime scenario = named(name);

    assertThat(scenario.efficiency().orElseThrow()).isGreaterThan(0.95);
    assertThat(scenario.leastLayerEfficiency().orElseThrow()).isGreaterThan(0.80);
    assertThat(scenario.overhead().orElseThrow()).isLessThan(0.10);
  }

  @Test
  void bench_everyLevellerThereIs_hasAScenarioAtItsDefaults() {
    assertThat(scenarios)
        .extracting(ScenarioLifetime::name)
        .filteredOn(name -> !name.endsWith("-tuned"))
        .containsExactlyInAnyOrderElementsOf(POLICIES.kinds(PolicyFamily.LEVELLER));
  }

  /** The name is gone where the run begins: what stands in its place is said. */
  @Test
  void recommended_onADevice_isPacedAndRetire() throws Exception {
    assertThat(
            PreparedBench.of(ExperimentFile.read(BENCH, POLICIES), POLICIES, Instant.EPOCH)
                .plan()
                .scenarios()
                .stream()
                .filter(scenario -> scenario.name().equals("recommended"))
                .flatMap(scenario -> scenario.levellers().stream())
                .map(PolicyChoice::kind))
        .containsExactly("paced", "retire");
    assertThat(named("recommended").maxCellWrites()).isEqualTo(named("paced").maxCellWrites());
  }

  @Test
  void bench_everyLeveller_saysHowMuchStateItKeeps() {
    assertThat(scenarios).allMatch(scenario -> scenario.stateBitsPerRow().isPresent());
  }

  private List<String> problems(String right, String wrong) throws Exception {
    String text =
        Files.readString(BENCH).replace("../traces", Runs.PROJECT.resolve("traces").toString());
    Path file = Files.writeString(folder.resolve("x.yml"), text.replace(right, wrong));
    ExperimentException e = catchThrowableOfType(ExperimentException.class, () -> run(file));
    return e.problems().stream().map(p -> p.replace(file.toString(), "x.yml")).toList();
  }

  @Test
  void of_sparsifierThatNeedsGradients_isRefused() throws Exception {
    assertThat(
            problems(
                "{name: none,             sparsifier: {kind: given}",
                "{name: none,             sparsifier: {kind: dense}"))
        .singleElement()
        .asString()
        .endsWith(
            "scenarios[0].sparsifier.kind: 'dense' needs gradients, and this source holds selections; allowed: given, attacker");
  }

  @Test
  void of_layersLeftOut_isRefused() throws Exception {
    assertThat(problems("  layers:", "  scenario: x\n  layers:"))
        .anyMatch(p -> p.contains("scenario goes with a path that ends in .json"));
  }

  @Test
  void of_layerWithoutRows_saysWhichIsMissing() throws Exception {
    assertThat(problems("{name: conv1, rows: 10, columns: 8}", "{name: conv1, columns: 8}"))
        .contains("x.yml:11: source.layers[0].rows: is missing");
  }

  private ScenarioLifetime attacked(String pattern, String leveller) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("attack.yml"),
            """
            name: attack
            source: {kind: skewed, layers: [{name: fc, rows: 500, columns: 64}], iterations: 20000}
            crossbar: {size: 512}
            device: {kind: rram-typical}
            scenarios:
              - {name: s, sparsifier: {kind: attacker, pattern: PATTERN}, leveller: {kind: LEVELLER}}
            """
                .replace("PATTERN", pattern)
                .replace("LEVELLER", leveller));
    return run(file).scenarios().get(0);
  }

  /** Whoever can work out where ars puts a row writes one physical row for ever. */
  @Test
  void follower_schemeWithoutASecret_wearsOneRowInEveryIteration() throws Exception {
    assertThat(attacked("follower", "ars").maxCellWrites()).isGreaterThanOrEqualTo(20_000);
    assertThat(attacked("fixed-row", "ars").maxCellWrites()).isLessThan(20_000 / 3);
  }

  /** Where wear-rate puts a row is no secret to whoever knows which rows are weak. */
  @Test
  void follower_schemeThatKnowsTheDevice_isFollowedOnTheSameDevice() throws Exception {
    ScenarioLifetime followed = attacked("follower", "wear-rate");
    ScenarioLifetime fixed = attacked("fixed-row", "wear-rate");

    assertThat(followed.maxCellWrites()).isGreaterThanOrEqualTo(fixed.maxCellWrites());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"fixed-row", "ascend-then-hammer", "follower"})
  void paced_underAttack_stillComesNearToTheBoundWithinItsBudget(String pattern) throws Exception {
    ScenarioLifetime scenario = attacked(pattern, "paced");

    assertThat(scenario.efficiency().orElseThrow()).isGreaterThan(0.75);
    assertThat(scenario.overhead().orElseThrow()).isLessThanOrEqualTo(0.09);
  }
}
