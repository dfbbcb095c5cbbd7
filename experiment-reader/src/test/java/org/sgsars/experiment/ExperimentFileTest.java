package org.sgsars.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.LayerRules;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Momentum;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.NoSettings;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.Setting;

final class ExperimentFileTest {
  private record Named<S extends Record>(PolicyFamily family, String kind, Class<S> settingsType)
      implements Policy<S> {
    @Override
    public String summary() {
      return kind;
    }
  }

  private record Trace(
      @Setting(about = "a trace") Path path,
      @Setting(about = "what is missing") Optional<String> missing) {}

  private enum Score {
    MAX,
    SUM
  }

  private record Sgs(
      @Setting(about = "the score", fallback = "max") Score score,
      @Setting(
              about = "how many",
              unit = "rows",
              least = 1,
              most = Integer.MAX_VALUE,
              fallback = "1")
          int rows) {}

  private record Ars(
      @Setting(about = "a share", unit = "%", above = 0, most = 100, fallback = "2")
          double percent) {}

  private static final Policies POLICIES =
      new Policies(
          List.of(
              new Named<>(PolicyFamily.SOURCE, "trace", Trace.class),
              new Named<>(PolicyFamily.SPARSIFIER, "dense", NoSettings.class),
              new Named<>(PolicyFamily.SPARSIFIER, "sgs", Sgs.class),
              new Named<>(PolicyFamily.LEVELLER, "none", NoSettings.class),
              new Named<>(PolicyFamily.LEVELLER, "ars", Ars.class)));

  private static final String FINE =
      """
      name: fine
      seed: 3
      source: {kind: trace, path: ../a.avro, iterations: 250}
      optimizer: {momentum: 0.5, learningRate: 1e-2, weightDecay: 0.0}
      crossbar: {size: 64}
      report: {selections: true}
      scenarios:
        - {name: a, sparsifier: {kind: sgs, rows: 2}, leveller: {kind: ars, percent: 3}}
        - {name: b, sparsifier: {kind: dense}, crossbar: {size: 512}}
      """;

  @TempDir private Path folder = Path.of("");

  private Path file(String text) throws Exception {
    Path file = folder.resolve("x.yml");
    Files.writeString(file, text);
    return file;
  }

  private List<String> problems(String text) throws Exception {
    Path file = file(text);
    ExperimentException e =
        catchThrowableOfType(ExperimentException.class, () -> ExperimentFile.read(file, POLICIES));
    return e.problems().stream().map(p -> p.replace(file.toString(), "x.yml")).toList();
  }

  @Test
  void read_fine_holdsWhatTheFileSays() throws Exception {
    Experiment experiment = ExperimentFile.read(file(FINE), POLICIES);

    assertThat(experiment.name()).isEqualTo("fine");
    assertThat(experiment.seed()).isEqualTo(3);
    assertThat(experiment.iterations()).isEqualTo(250);
    assertThat(experiment.wearInterval()).isEqualTo(3);
    assertThat(experiment.source().choice().settings().get("path"))
        .isEqualTo(folder.resolve("../a.avro").normalize().toString());
    assertThat(experiment.optimizer().momentum()).isEqualTo(new Momentum(0.5f));
    assertThat(experiment.optimizer().learningRate()).isEqualTo(0.01f);
    assertThat(experiment.report().selections()).isTrue();
    assertThat(experiment.scenarios()).hasSize(2);
    assertThat(experiment.scenarios().get(0).sparsifier().choice())
        .hasToString("{kind: sgs, rows: 2, score: max}");
    assertThat(experiment.scenarios().get(0).crossbar().size()).isEqualTo(64);
    assertThat(experiment.scenarios().get(1).levellers().get(0).choice())
        .hasToString("{kind: none}");
    assertThat(experiment.scenarios().get(1).crossbar().size()).isEqualTo(512);
  }

  @Test
  void read_listOfLevellersAndSpareRows_holdsThemInOrder() throws Exception {
    Experiment experiment =
        ExperimentFile.read(
            file(
                FINE.replace(
                    "crossbar: {size: 512}",
                    "crossbar: {size: 512, spareRows: 4}, leveller: [{kind: ars, percent: 1}, {kind: none}]")),
            POLICIES);

    Experiment.ScenarioChoice scenario = experiment.scenarios().get(1);
    assertThat(scenario.crossbar().spareRows()).isEqualTo(4);
    assertThat(scenario.levellers())
        .extracting(leveller -> leveller.choice().kind())
        .containsExactly("ars", "none");
  }

  @Test
  void read_layers_areRulesInTheirOrder() throws Exception {
    Experiment experiment =
        ExperimentFile.read(
            file(
                """
                layers:
                  - {match: 'h.*.c_attn', axes: in-out}
                  - {match: dw, groups: 32}
                  - {match: wte, kind: Embedding}
                  - {match: '*.ln', on: digital}
                """
                    + FINE),
            POLICIES);

    String file = folder.resolve("x.yml").toString();
    assertThat(experiment.layers())
        .containsExactly(
            LayerRules.axes(file + ":2: layers[0]", "h.*.c_attn", "in-out"),
            LayerRules.groups(file + ":3: layers[1]", "dw", 32),
            LayerRules.kind(file + ":4: layers[2]", "wte", "Embedding"),
            LayerRules.digital(file + ":5: layers[3]", "*.ln"));
  }

  @Test
  void read_layersThatAreNone_areReportedWithTheirPlace() throws Exception {
    assertThat(
            problems(
                """
                layers:
                  - {axes: in-out}
                  - {match: a, axes: inout}
                  - {match: b, kind: Lineer}
                  - {match: c, on: analog}
                  - {match: d}
                  - {match: e, on: digital, groups: 2}
                  - {match: f, groups: 0}
                  - {match: g, axis: in-out}
                """
                    + FINE))
        .satisfiesExactly(
            p ->
                assertThat(p)
                    .startsWith("x.yml:2: layers[0].match: is missing; allowed: a layer's name"),
            p ->
                assertThat(p)
                    .startsWith(
                        "x.yml:3: layers[1].axes: inout is not allowed; allowed: 'in' and 'out'"),
            p ->
                assertThat(p)
                    .startsWith(
                        "x.yml:4: layers[2].kind: Lineer is not allowed; allowed: one of [BatchNorm1d,"),
            p ->
                assertThat(p)
                    .startsWith("x.yml:5: layers[3].on: analog is not allowed; allowed: digital"),
            p ->
                assertThat(p)
                    .startsWith(
                        "x.yml:6: layers[4].match: says nothing; give kind, axes or groups, or on: digital"),
            p ->
                assertThat(p)
                    .startsWith(
                        "x.yml:7: layers[5].match: what is digital has neither kind nor axes nor groups"),
            p -> assertThat(p).startsWith("x.yml:8: layers[6].groups: 0 is not allowed; allowed: "),
            p ->
                assertThat(p)
                    .startsWith("x.yml:9: layers[7].axis: unknown key, did you mean 'axes'?"),
            p -> assertThat(p).startsWith("x.yml:9: layers[7].match: says nothing"));
  }

  @Test
  void read_momentum_isAsTorchHasIt() throws Exception {
    String given = "momentum: 0.5, learningRate: 1e-2";

    assertThat(
            ExperimentFile.read(file(FINE.replace(given, given + ", nesterov: true")), POLICIES)
                .optimizer()
                .momentum())
        .isEqualTo(new Momentum(0.5f, 0, true));
    assertThat(
            ExperimentFile.read(file(FINE.replace(given, given + ", dampening: 0.25")), POLICIES)
                .optimizer()
                .momentum())
        .isEqualTo(new Momentum(0.5f, 0.25f, false));
    assertThat(problems(FINE.replace(given, given + ", dampening: 0.25, nesterov: true")))
        .containsExactly(
            "x.yml:4: optimizer.nesterov: true is not allowed; allowed: true only with a momentum above 0 and without dampening");
  }

  @Test
  void read_wire_isF32UnlessTheFileSaysOtherwise() throws Exception {
    assertThat(ExperimentFile.read(file(FINE), POLICIES).pipeline().wire())
        .isEqualTo(GradientFormat.F32);
    assertThat(
            ExperimentFile.read(file(FINE + "pipeline: {wire: f16}\n"), POLICIES).pipeline().wire())
        .isEqualTo(GradientFormat.F16);
    assertThat(problems(FINE + "pipeline: {wire: fp16}\n"))
        .containsExactly(
            "x.yml:10: pipeline.wire: fp16 is not allowed; allowed: one of [f32, bf16, f16]");
  }

  @Test
  void read_emptyListOfLevellers_isRefused() throws Exception {
    assertThat(problems(FINE.replace("crossbar: {size: 512}", "leveller: []")))
        .containsExactly(
            "x.yml:9: scenarios[1].leveller: an empty list is not allowed; allowed: a mapping, or a list of at least one");
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "seed: 3|sed: 3|x.yml:2: sed: unknown key, did you mean 'seed'?; allowed: name, seed, source, optimizer, crossbar, device, time, report, pipeline, closedLoop, layers, scenarios",
        "name: fine|name: a b|x.yml:1: name: a b is not allowed; allowed: 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit",
        "iterations: 250|iterations: 0|x.yml:3: source.iterations: 0 is not allowed; allowed: a whole number from 1 to 1000000000000",
        ", iterations: 250||x.yml:3: source.iterations: is missing; allowed: a whole number from 1 to 1000000000000",
        "path: ../a.avro, ||x.yml:3: source.path: is missing; allowed: a path",
        "kind: trace|kind: trase|x.yml:3: source.kind: unknown source 'trase', did you mean 'trace'?; allowed: one of [trace]",
        "momentum: 0.5|momentum: 1.0|x.yml:4: optimizer.momentum: 1.0 is not allowed; allowed: a number of at least 0 and below 1",
        "learningRate: 1e-2|learningRate: 1e-60|x.yml:4: optimizer.learningRate: 1e-60 is not allowed; allowed: a number from 1.0E-10 to 1000000",
        "learningRate: 1e-2|learningRate: 1e7|x.yml:4: optimizer.learningRate: 1e7 is not allowed; allowed: a number from 1.0E-10 to 1000000",
        "learningRate: 1e-2|learningRate: .inf|x.yml:4: optimizer.learningRate: .inf is not allowed; allowed: a number from 1.0E-10 to 1000000",
        "learningRate: 1e-2|learningRate: 1e999|x.yml:4: optimizer.learningRate: 1e999 is not allowed; allowed: a number from 1.0E-10 to 1000000",
        "weightDecay: 0.0|weightDecay: 1.5|x.yml:4: optimizer.weightDecay: 1.5 is not allowed; allowed: a number from 0 to 1",
        "weightDecay: 0.0|weightDecay: .nan|x.yml:4: optimizer.weightDecay: .nan is not allowed; allowed: a number from 0 to 1",
        "selections: true|interval: 1000000000001|x.yml:6: report.interval: 1000000000001 is not allowed; allowed: a whole number from 1 to 1000000000000",
        "seed: 3|pipeline: {maxLead: 9000000000000000000}|x.yml:2: pipeline.maxLead: 9000000000000000000 is not allowed; allowed: a whole number from 1 to 1000000000000",
        "seed: 3|time: {secondsPerIteration: 1e-40}|x.yml:2: time.secondsPerIteration: 1e-40 is not allowed; allowed: a number from 1.0E-12 to 1000000000",
        "seed: 3|time: {secondsPerIteration: 1e10}|x.yml:2: time.secondsPerIteration: 1e10 is not allowed; allowed: a number from 1.0E-12 to 1000000000",
        "seed: 3|time: {iterationsPerEpoch: 1000000000001}|x.yml:2: time.iterationsPerEpoch: 1000000000001 is not allowed; allowed: a whole number from 1 to 1000000000000",
        "percent: 3|percent: .inf|x.yml:8: scenarios[0].leveller.percent: .inf is not allowed; allowed: a number above 0.0 and at most 100.0",
        "percent: 3|percent: 1e999|x.yml:8: scenarios[0].leveller.percent: 1e999 is not allowed; allowed: a number above 0.0 and at most 100.0",
        "size: 64|size: 65537|x.yml:5: crossbar.size: 65537 is not allowed; allowed: a whole number from 1 to 65536",
        "selections: true|selections: yes|x.yml:6: report.selections: yes is not allowed; allowed: true or false",
        "rows: 2|rows: 0|x.yml:8: scenarios[0].sparsifier.rows: 0 is not allowed; allowed: a whole number from 1 to 2147483647",
        "rows: 2|rows: 99999999999999999999|x.yml:8: scenarios[0].sparsifier.rows: 99999999999999999999 is not allowed; allowed: a whole number from 1 to 2147483647",
        "rows: 2|score: min|x.yml:8: scenarios[0].sparsifier.score: min is not allowed; allowed: one of [max, sum]",
        "percent: 3|percent: .nan|x.yml:8: scenarios[0].leveller.percent: .nan is not allowed; allowed: a number above 0.0 and at most 100.0",
        "rows: 2|rows: 2, rows: 3|x.yml:8: scenarios[0].sparsifier.rows: is given twice; first in line 8",
        "name: b|name: a|x.yml:9: scenarios[1].name: 'a' is taken by scenarios[0] in line 8; every scenario needs its own name",
        "crossbar: {size: 512}|crossbar: 512|x.yml:9: scenarios[1].crossbar: should be a mapping of keys to values",
        "learningRate: 1e-2|learningRateSteps: [{from: 5, learningRate: 0.1}, {from: 5, learningRate: 0.01}]|x.yml:4: optimizer.learningRateSteps[1].from: 5 is not allowed; allowed: a whole number from 6 to 1000000000000",
        "learningRate: 1e-2|learningRateSteps: [{from: 5}]|x.yml:4: optimizer.learningRateSteps[0].learningRate: is missing",
        "seed: 3|closedLoop: all|x.yml:2: closedLoop: all is not allowed; allowed: one of [one, each]",
        "iterations: 250|epochs: 2|x.yml:3: source.epochs: this source has no epochs; give iterations",
        "name: b|name: b, train: yes|x.yml:9: scenarios[1].train: yes is not allowed; allowed: true or false",
        "seed: 3|seed:|x.yml:2: seed: an empty value is not allowed; allowed: a whole number of 64 bits",
        "seed: 3|seed: 010|x.yml:2: seed: 010 is not allowed; allowed: a whole number of 64 bits",
        "seed: 3|seed: '3'|x.yml:2: seed: \"3\" is not allowed; allowed: a whole number of 64 bits",
        "seed: 3|seed: !!java.net.URL x|x.yml:2: anchors, aliases and tags are not allowed; write the value itself",
        "seed: 3|seed: &a 3|x.yml:2: anchors, aliases and tags are not allowed; write the value itself",
        "name: b|name: \"b\\e[31m\"|x.yml:9: scenarios[1].name: \"b?[31m\" is not allowed; allowed: 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit",
        "path: ../a.avro|path: \"a\\0b\"|x.yml:3: source.path: \"a?b\" is not allowed; allowed: a path that this system can have"
      })
  void read_oneThingWrong_namesLineKeyValueAndWhatIsAllowed(
      String right, String wrong, String problem) throws Exception {
    assertThat(problems(FINE.replace(right, wrong == null ? "" : wrong))).contains(problem);
  }

  @Test
  void read_learningRateSteps_holdFromTheirIterationOn() throws Exception {
    String steps =
        "learningRateSteps: [{from: 5, learningRate: 0.5}, {from: 9, learningRate: 0.25}]";
    Experiment experiment =
        ExperimentFile.read(
            file(FINE.replace("learningRate: 1e-2", "learningRate: 1, " + steps)), POLICIES);

    assertThat(LongStream.of(0, 4, 5, 8, 9, 100).mapToObj(experiment.optimizer()::learningRateAt))
        .containsExactly(1f, 1f, 0.5f, 0.5f, 0.25f, 0.25f);
  }

  private List<String> trainingProblems(boolean trains, String text) throws Exception {
    Path file = file(text);
    return ExperimentFile.read(file, POLICIES).problemsWithTraining(trains, POLICIES).stream()
        .map(problem -> problem.replace(file.toString(), "x.yml"))
        .toList();
  }

  @Test
  void problemsWithTraining_oneSteersOrEachTrains() throws Exception {
    String first = FINE.replace("name: b", "name: b, train: true");
    String each = "closedLoop: each\n" + FINE;

    assertThat(trainingProblems(true, first)).isEmpty();
    assertThat(trainingProblems(true, each)).isEmpty();
    assertThat(trainingProblems(false, FINE)).isEmpty();
    assertThat(trainingProblems(true, FINE))
        .containsExactly(
            "x.yml:3: source.kind: no scenario steers the training; mark one by train: true, or set closedLoop: each");
    assertThat(trainingProblems(false, first))
        .containsExactly(
            "x.yml:9: scenarios[1].train: this source replays gradients; allowed: false");
    assertThat(trainingProblems(false, each))
        .containsExactly("x.yml:1: closedLoop: this source replays gradients; leave it out");
    assertThat(trainingProblems(true, "closedLoop: each\n" + first))
        .containsExactly(
            "x.yml:10: scenarios[1].train: closedLoop: each lets every scenario train; leave it out");
    assertThat(trainingProblems(true, first.replace("name: a", "name: a, train: true")))
        .containsExactly(
            "x.yml:8: scenarios[0].train: one scenario steers; mark one only, or set closedLoop: each",
            "x.yml:9: scenarios[1].train: one scenario steers; mark one only, or set closedLoop: each");
  }

  @Test
  void toPlan_eachTrains_everyScenarioHasASparsifierOfItsOwn() throws Exception {
    String same = FINE.replace("{kind: dense}", "{kind: sgs, rows: 2}");
    LayerShape layer = new LayerShape("fc", 8, 2);

    RunPlan each =
        ExperimentFile.read(file("closedLoop: each\n" + same), POLICIES)
            .toPlan("r", 0, "source", List.of(layer), true, POLICIES);
    RunPlan one =
        ExperimentFile.read(file(same.replace("name: b", "name: b, train: true")), POLICIES)
            .toPlan("r", 0, "source", List.of(layer), true, POLICIES);

    assertThat(each.training()).contains(new TrainingPlan(List.of(0, 1), 13));
    assertThat(each.sparsifiers()).hasSize(2);
    assertThat(each.trainingOf(each.scenarios().get(1).sparsifier())).isEqualTo(1);
    assertThat(one.training()).contains(new TrainingPlan(List.of(1), 13));
    assertThat(one.trains(1)).isTrue();
    assertThat(one.trains(0)).isFalse();
  }

  @Test
  void read_manyThingsWrong_namesAllInTheOrderOfTheFile() throws Exception {
    List<String> problems =
        problems(FINE.replace("seed: 3", "seed: x").replace("rows: 2", "rows: x"));

    assertThat(problems).hasSize(2);
    assertThat(problems.get(0)).startsWith("x.yml:2: seed: x");
    assertThat(problems.get(1)).startsWith("x.yml:8: scenarios[0].sparsifier.rows: x");
  }

  @Test
  void read_noYaml_namesLineAndColumn() throws Exception {
    assertThat(problems("name: x\n  y: [\n").get(0))
        .isEqualTo("x.yml:2: not YAML at column 4: mapping values are not allowed here");
  }

  @Test
  void read_characterThatYamlDoesNotHave_namesLineAndCharacter() throws Exception {
    assertThat(problems("name: x\nseed: \u0007\n"))
        .containsExactly("x.yml:2: not YAML: the character U+0007 is not allowed");
  }

  @Test
  void read_pathThatLooksLikeANumber_isAPath() throws Exception {
    Experiment experiment =
        ExperimentFile.read(file(FINE.replace("path: ../a.avro", "path: 2024")), POLICIES);

    assertThat(experiment.source().choice().settings().get("path"))
        .isEqualTo(folder.resolve("2024").toString());
  }

  @Test
  void read_pathOutOfTheFoldersThatMayBeRead_isRefused() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Path traces = Files.createDirectories(folder.resolve("traces"));
    Path secret = Files.writeString(folder.resolve("secret"), "text");
    Files.createSymbolicLink(traces.resolve("link"), secret);
    Path file = home.resolve("experiment.yml");
    ReadableFolders readable = ReadableFolders.of(List.of(home, traces));

    for (String path : List.of("../a.avro", "../traces/../secret", secret.toString())) {
      Files.writeString(file, FINE.replace("../a.avro", path));
      assertThatThrownBy(() -> ExperimentFile.read(file, POLICIES, readable))
          .isInstanceOf(ExperimentException.class)
          .hasMessageContaining(
              "source.path: leads to %s, which may not be read; allowed: what is in %s, %s"
                  .formatted(
                      home.resolve(path).normalize(), home.toRealPath(), traces.toRealPath()));
    }
    Files.writeString(file, FINE.replace("../a.avro", "../traces/link"));
    assertThatThrownBy(() -> ExperimentFile.read(file, POLICIES, readable))
        .isInstanceOf(ExperimentException.class)
        .hasMessageContaining("which may not be read");
    for (String path : List.of("a.avro", "../traces/a.avro", traces.resolve("b").toString())) {
      Files.writeString(file, FINE.replace("../a.avro", path));
      assertThat(ExperimentFile.read(file, POLICIES, readable).name()).isEqualTo("fine");
    }
  }

  @Test
  void read_gitLfsPointer_isCalledOne() throws Exception {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n";

    assertThat(problems(pointer))
        .containsExactly(
            "x.yml is a Git LFS pointer, not the data itself; fetch that by git lfs pull in its repository");
  }

  @Test
  void message_manyProblems_holdsAHundred() {
    List<String> problems =
        java.util.stream.IntStream.range(0, 30_000).mapToObj(i -> "p" + i).toList();

    assertThat(new ExperimentException(problems))
        .message()
        .contains("p0\n")
        .doesNotContain("p100")
        .endsWith("p99\nand 29,900 more problems");
  }

  @Test
  void withSource_another_replacesTheSourceAndNothingElse() throws Exception {
    Experiment experiment = ExperimentFile.read(file(FINE), POLICIES);

    Experiment other =
        experiment.withSource(new PolicyChoice("trace", Map.of("path", "/traces/mine")));

    assertThat(other.source().choice()).hasToString("{kind: trace, path: /traces/mine}");
    assertThat(other.scenarios()).isEqualTo(experiment.scenarios());
    assertThat(other.iterations()).isEqualTo(250);
  }

  @Test
  void read_empty_saysWhereToLook() throws Exception {
    assertThat(problems(""))
        .containsExactly("x.yml: is empty; experiments/reference.yml shows what it may hold");
  }

  @Test
  void read_missingFile_saysSo() {
    Path file = folder.resolve("none.yml");

    assertThat(
            catchThrowableOfType(
                ExperimentException.class, () -> ExperimentFile.read(file, POLICIES)))
        .hasMessage(file + ": does not exist; expected an experiment file");
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void read_mutated_isFineOrSaysWhatIsWrong(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 100; i++) {
      StringBuilder text = new StringBuilder(FINE);
      for (int change = 0; change < 3; change++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(9, 127));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, text.substring(0, random.nextInt(20)));
        }
      }
      Path file = file(text.toString());
      try {
        ExperimentFile.read(file, POLICIES);
      } catch (ExperimentException e) {
        assertThat(e).message().isNotBlank();
      }
    }
  }
}
