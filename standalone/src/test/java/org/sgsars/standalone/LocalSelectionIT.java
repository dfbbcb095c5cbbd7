package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.TrainingPlan;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.sgs.kafka.SgsStage;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;
import org.sgsars.wire.Gradients;

/**
 * The selection in PyTorch: its records are those of the sgs-service, byte by byte. Skipped where
 * Python lacks what it needs.
 */
final class LocalSelectionIT {
  private static final int ITERATIONS = 40;
  private static final JsonMapper JSON = new JsonMapper();
  private static final PolicyChoice NONE = new PolicyChoice("none", Map.of());

  /** A network of layers that lie in every way, with gradients of which many are equal. */
  private static final String RECORD =
      """
      import sys, torch
      from torch import nn
      from sgsars import Recorder
      torch.manual_seed(3)
      class Conv1D(nn.Module):
          def __init__(self, nf, nx):
              super().__init__()
              self.nf, self.weight, self.bias = nf, nn.Parameter(torch.randn(nx, nf)), nn.Parameter(torch.randn(nf))
      model = nn.ModuleDict({
          "linear": nn.Linear(9, 5), "plain": nn.Linear(11, 3, bias=False), "conv": nn.Conv2d(3, 4, 3), "grouped": nn.Conv2d(8, 6, 3, groups=2),
          "depthwise": nn.Conv2d(4, 8, 3, groups=4), "up": nn.ConvTranspose2d(9, 3, 2), "upgrouped": nn.ConvTranspose2d(10, 6, 2, groups=2),
          "gpt": Conv1D(7, 12), "embedding": nn.Embedding(10, 6), "lstm": nn.LSTM(9, 8), "attention": nn.MultiheadAttention(8, 2, kdim=9, vdim=10),
      })
      with Recorder(model, sys.argv[1]) as recorder:
          for iteration in range(int(sys.argv[2])):
              for parameter in model.parameters():
                  whole = torch.randint(-2, 3, parameter.shape).float()
                  parameter.grad = whole if iteration % 3 else torch.randn_like(parameter)
              recorder.record()
      """;

  /**
   * Selects what a manifest says, from a trace's folder or a file of all values, and writes each
   * record behind its length. Every second weight of four dimensions lies with its channels last.
   */
  private static final String SELECT =
      """
      import json, pathlib, sys
      import numpy, torch
      from sgsars import tensors
      from sgsars.layers import Layer
      from sgsars.selection import LayerSelection, choices
      from sgsars.updates import UpdatesEncoder
      run, source, out = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2]), open(sys.argv[3], "wb")
      values = None if source.is_dir() else numpy.fromfile(source, "<f4")
      starts = bool(run["training"]) or run["optimizer"]["weightDecay"] != 0
      layers = []
      for shape in run["layers"]:
          of, names = shape["map"] or {"kind": "", "axes": "out-in", "groups": 1, "biasFrom": None}, [p["name"] for p in shape["parameters"]]
          layers.append((Layer(shape["name"], of["kind"], names[0], names[1] if len(names) > 1 else None, of["biasFrom"], of["axes"], of["groups"]),
                         shape["parameters"]))
      def read(iteration):
          global values
          if values is None:
              found = tensors.read(source / ("initial-weights.safetensors" if iteration < 0 else f"{iteration:06d}.safetensors"))
          else:
              found = {}
              for _, parameters in layers:
                  for parameter in parameters:
                      count = numpy.prod(parameter["shape"])
                      found[parameter["name"]], values = values[:count].reshape(parameter["shape"]), values[count:]
          for number, (layer, _) in enumerate(layers):
              weight = torch.from_numpy(numpy.array(found[layer.weight]))
              if weight.dim() == 4 and number % 2:
                  weight = weight.to(memory_format=torch.channels_last)
              yield number, layer, weight, None if layer.bias is None else torch.from_numpy(numpy.array(found[layer.bias]))
      trainings = len(run["training"]["scenarios"]) if run["training"] else 1
      encoder, selections = UpdatesEncoder(run["run"]), {}
      def write(number, updates):
          for update in updates:
              record = encoder.encode(number, update)
              out.write(len(record).to_bytes(4, "big") + record)
      for iteration in range(-1 if starts else 0, run["iterations"]):
          for number, layer, weight, bias in read(iteration):
              for training in range(trainings):
                  key = number, training
                  if key not in selections:
                      selections[key] = LayerSelection(layer, weight, bias, run["optimizer"], choices(run, number, training), run["seed"])
                  if iteration < 0:
                      write(number, selections[key].start(weight, bias))
                      continue
                  if iteration == run["iterations"] // 2:  # goes on from its state
                      state = {name: torch.clone(value) if isinstance(value, torch.Tensor) else value for name, value in selections[key].state_dict().items()}
                      selections[key] = LayerSelection(layer, weight, bias, run["optimizer"], choices(run, number, training), run["seed"])
                      selections[key].load_state_dict(state)
                  selections[key].advance(iteration, weight, bias)
                  write(number, selections[key].updates())
      """;

  /**
   * A training whose weights change by what is selected alone: Adam proposes, and the next gradient
   * is taken at the weights that the records make. Records what was proposed, as a trace.
   */
  private static final String CLOSED_LOOP =
      """
      import json, sys, torch
      from torch import nn
      from sgsars import Recorder, layer_map
      from sgsars.selection import Choice, LayerSelection
      from sgsars.updates import UpdatesEncoder
      trace, file, iterations, sparsifier = sys.argv[1], open(sys.argv[2], "wb"), int(sys.argv[3]), json.loads(sys.argv[4])
      torch.manual_seed(5)
      model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 5))
      x, y = torch.randn(20, 1, 6, 6), torch.randint(5, (20,))
      adam, sgd = torch.optim.Adam(model.parameters(), lr=0.02), {"momentum": 0.0, "learningRate": 1.0, "weightDecay": 0.0}
      parameters, encoder, losses = dict(model.named_parameters()), UpdatesEncoder("local"), []
      layers = [(layer, parameters[layer.weight], parameters[layer.bias]) for layer in layer_map(model).layers]
      choice = Choice(0, sparsifier["kind"], sparsifier["settings"], True)
      selections = [LayerSelection(layer, weight, bias, sgd, [choice], -7) for layer, weight, bias in layers]
      def write(number, updates):
          for update in updates:
              record = encoder.encode(number, update)
              file.write(len(record).to_bytes(4, "big") + record)
      def program(weight, bias, update):
          inputs, columns = weight[0].numel(), len(weight)
          cells, values = torch.zeros(inputs + 1, columns), torch.frombuffer(bytearray(update.values or bytes(4)), dtype=torch.float32)
          if update.extent == "ALL":
              cells = values.view(inputs + 1, columns)
          elif update.extent == "ROWS":
              cells[update.rows] = values.view(-1, columns)
          elif update.rows:
              cells[update.rows, update.columns] = values
          weight += cells[:-1].T.reshape(weight.shape)
          bias += cells[-1]
      with Recorder(model, trace) as recorder, torch.no_grad():
          for number, (_, weight, bias) in enumerate(layers):
              write(number, selections[number].start(weight, bias))
          for iteration in range(iterations):
              with torch.enable_grad():
                  adam.zero_grad()
                  loss = nn.functional.cross_entropy(model(x), y)
                  loss.backward()
              losses.append(float(loss))
              before = {name: parameter.clone() for name, parameter in parameters.items()}
              adam.step()
              for name, parameter in parameters.items():
                  parameter.grad = before[name] - parameter
                  parameter.copy_(before[name])
              recorder.record()
              for number, (_, weight, bias) in enumerate(layers):
                  selections[number].advance(iteration, weight.grad, bias.grad)
              for number, (_, weight, bias) in enumerate(layers):
                  updates = selections[number].updates()
                  write(number, updates)
                  program(weight, bias, updates[0])
      assert losses[-1] < losses[0], losses
      """;

  /** How gradients become updates. */
  enum Optimizer {
    PLAIN(false),
    PROPOSED(true),
    STEPS(true),
    NESTEROV(true),
    DAMPENED(true),
    DAMPENED_ALONE(true),
    DECAYING(false),
    DECAYING_TRAINING(true);

    final boolean trains;

    Optimizer(boolean trains) {
      this.trains = trains;
    }

    OptimizerSettings settings() {
      return switch (this) {
        case PLAIN -> new OptimizerSettings(0.9f, 0.05f, 0);
        case PROPOSED -> new OptimizerSettings(0, 1, 0);
        case STEPS -> with(new Momentum(0.9f), new LearningRateStep(7, 0.03f));
        case NESTEROV -> with(new Momentum(0.7f, 0, true));
        case DAMPENED -> with(new Momentum(0.9f, 0.3f, false));
        case DAMPENED_ALONE -> with(new Momentum(0, 0.3f, false));
        case DECAYING -> new OptimizerSettings(0.9f, 0.05f, 0.003f);
        case DECAYING_TRAINING -> new OptimizerSettings(0.6f, 0.05f, 0.01f);
      };
    }

    private static OptimizerSettings with(Momentum momentum, LearningRateStep... steps) {
      return new OptimizerSettings(momentum, 0.05f, 0, List.of(steps));
    }
  }

  private static final List<PolicyChoice> SPARSIFIERS =
      List.of(
          sparsifier("dense", Map.of()),
          sparsifier("dense", Map.of("quantize", 4L)),
          sparsifier("dense", Map.of("quantize", 5L, "weightRange", 0.6, "skipUnchanged", true)),
          sparsifier("top-k", Map.of("ratio", 0.05)),
          sparsifier("top-k", Map.of("ratio", 1.0)),
          sparsifier("top-k", Map.of("ratio", 0.2, "quantize", 4L, "skipUnchanged", true)),
          sparsifier("sgs", Map.of()),
          sparsifier("sgs", Map.of("score", "sum")),
          sparsifier("sgs", Map.of("rows", 3L)),
          sparsifier("sgs", Map.of("score", "sum", "rows", 4L)),
          sparsifier("sgs", Map.of("share", 0.3)),
          sparsifier("sgs", Map.of("block", 4L)),
          sparsifier("sgs", Map.of("block", 4L, "rows", 2L, "score", "sum")),
          sparsifier("sgs", Map.of("block", 3L, "share", 0.5, "quantize", 6L)),
          sparsifier("sgs", Map.of("byPosition", true, "smallRows", 30L)),
          sparsifier("sgs", Map.of("quantize", 5L, "weightRange", 0.7, "skipUnchanged", true)),
          sparsifier("sgs", Map.of("score", "sum", "quantize", 3L, "weightRange", 1.3)),
          sparsifier("random-row", Map.of()),
          sparsifier("random-row", Map.of("quantize", 4L, "skipUnchanged", true)),
          sparsifier("mixed-precision", Map.of()),
          sparsifier("mixed-precision", Map.of("step", 0.3)));

  @TempDir private static Path recorded = Path.of("");
  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void record() throws Exception {
    assumeTrue(
        Python.has("torch, numpy, avro.schema"),
        "needs " + Python.COMMAND + " with torch, numpy and avro");
    python(recorded, RECORD, recorded.resolve("trace"), ITERATIONS);
  }

  private static PolicyChoice sparsifier(String kind, Map<String, ?> settings) {
    return Runs.POLICIES
        .bind(PolicyFamily.SPARSIFIER, new PolicyChoice(kind, settings))
        .orElseThrow()
        .choice();
  }

  /** Where several train, each scenario does: then all sparsifiers tell values. */
  private static RunPlan plan(
      GradientSource trace, Optimizer optimizer, List<PolicyChoice> sparsifiers) {
    List<ScenarioPlan> scenarios =
        IntStream.range(0, sparsifiers.size())
            .mapToObj(i -> new ScenarioPlan("scenario " + i, i, List.of(NONE), 64))
            .toList();
    RunPlanBuilder plan =
        new RunPlanBuilder("local", ITERATIONS)
            .seed(-7)
            .optimizer(optimizer.settings())
            .layers(trace.layers())
            .sparsifiers(sparsifiers)
            .scenarios(scenarios);
    if (optimizer.trains) {
      plan.training(new TrainingPlan(IntStream.range(0, scenarios.size()).boxed().toList(), 5));
    }
    return plan.build();
  }

  /** The records of the sgs-service, each behind its length. */
  private static byte[] records(RunPlan plan, GradientSource trace) throws Exception {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(records);
    PartitionWorker worker = new SgsStage(Runs.POLICIES).open(new Topics(""), RunCatalog.of(plan));
    for (int iteration = plan.sendsWeights() ? -1 : 0; iteration < plan.iterations(); iteration++) {
      List<LayerTensor> tensors =
          iteration < 0 ? trace.initialWeights() : Objects.requireNonNull(trace.next());
      for (int layer = 0; layer < tensors.size(); layer++) {
        for (int training = 0; training < plan.trainings(); training++) {
          Gradients record =
              new Gradients(
                  plan.run(),
                  layer,
                  (long) iteration,
                  0,
                  1,
                  0,
                  plan.layers().get(layer).columns(),
                  tensors.get(layer).weights().duplicate(),
                  tensors.get(layer).biases().duplicate(),
                  training);
          worker.process(
              ByteBuffer.wrap(WireFormat.GRADIENTS.encode(record)),
              false,
              (topic, key, value) -> write(out, topic, value));
        }
      }
    }
    return records.toByteArray();
  }

  private static void write(DataOutputStream out, String topic, byte[] value) {
    assertThat(topic).isEqualTo("updates");
    try {
      out.writeInt(value.length);
      out.write(value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void python(Path folder, String program, Object... arguments) throws Exception {
    Path log = folder.resolve("python.log");
    Path file = Files.writeString(folder.resolve("program.py"), program);
    List<String> command = new ArrayList<>(List.of(file.toString()));
    Arrays.stream(arguments).forEach(argument -> command.add(argument.toString()));
    int code = Python.run(log, command.toArray(String[]::new));
    assertThat(code).as(Files.readString(log)).isZero();
  }

  private void expectTheSame(Path trace, Path values, Optimizer optimizer) throws Exception {
    WireFormat.trustOwnRecords();
    Path manifest = folder.resolve("manifest.json");
    Path selected = folder.resolve("selected");
    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE)) {
      RunPlan plan = plan(source, optimizer, SPARSIFIERS);
      Files.writeString(manifest, WireModel.toWire(plan).toString());
      byte[] records = records(plan, source);

      python(folder, SELECT, manifest, values, selected);

      expectTheSame(Files.readAllBytes(selected), records);
    }
  }

  /** Names the first record that is another. */
  private static void expectTheSame(byte[] selected, byte[] records) throws Exception {
    ByteBuffer expected = ByteBuffer.wrap(records);
    ByteBuffer found = ByteBuffer.wrap(selected);
    while (expected.hasRemaining()) {
      byte[] record = new byte[expected.getInt()];
      expected.get(record);
      assertThat(found.remaining()).as("bytes left").isGreaterThanOrEqualTo(4 + record.length);
      byte[] other = new byte[found.getInt()];
      found.get(other);
      if (!Arrays.equals(other, record)) {
        assertThat(WireFormat.UPDATES.decode(other).toString())
            .isEqualTo(WireFormat.UPDATES.decode(record).toString());
        assertThat(other).isEqualTo(record);
      }
    }
    assertThat(found.remaining()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void updates_ofLayersThatLieInEveryWay_areThoseOfTheService(Optimizer optimizer)
      throws Exception {
    Path trace = recorded.resolve("trace");

    expectTheSame(trace, trace, optimizer);
  }

  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "PROPOSED", "DECAYING"})
  void updates_ofTheShippedTrace_areThoseOfTheService(Optimizer optimizer) throws Exception {
    Path trace = Runs.PROJECT.resolve("traces/fashion-lenet.avro");

    expectTheSame(trace, values(trace, optimizer), optimizer);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 15, 16, 18, 19})
  void updates_ofAClosedLoop_areThoseOfTheService(int sparsifier) throws Exception {
    WireFormat.trustOwnRecords();
    PolicyChoice choice = SPARSIFIERS.get(sparsifier);
    Path trace = folder.resolve("loop");
    Path selected = folder.resolve("selected");
    String json =
        JSON.writeValueAsString(Map.of("kind", choice.kind(), "settings", choice.settings()));

    python(folder, CLOSED_LOOP, trace, selected, ITERATIONS, json);

    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE)) {
      RunPlan plan = plan(source, Optimizer.PROPOSED, List.of(choice));
      expectTheSame(Files.readAllBytes(selected), records(plan, source));
    }
  }

  /** All values of a trace whose weights have their outputs first: they lie so on the wire, too. */
  private Path values(Path trace, Optimizer optimizer) throws Exception {
    Path file = folder.resolve("values");
    try (GradientSource source = Traces.open(trace, MissingGradients.REFUSE);
        DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      if (plan(source, optimizer, SPARSIFIERS).sendsWeights()) {
        write(out, source.initialWeights());
      }
      for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        write(out, Objects.requireNonNull(source.next()));
      }
    }
    return file;
  }

  private static void write(DataOutputStream out, List<LayerTensor> tensors) throws IOException {
    for (LayerTensor tensor : tensors) {
      for (ByteBuffer values : List.of(tensor.weights(), tensor.biases())) {
        byte[] bytes = new byte[values.remaining()];
        values.duplicate().get(bytes);
        out.write(bytes);
      }
    }
  }

  @Test
  void updates_ofAKindThatDoesNotRunThere_areRefusedByName() throws Exception {
    String program =
        """
        import torch
        from sgsars.layers import Layer
        from sgsars.selection import Choice, LayerSelection
        sgd = {"momentum": 0.9, "learningRate": 0.1, "weightDecay": 0.0}
        for kind in %s:
            try:
                LayerSelection(Layer("fc", "Linear", "fc.weight"), torch.zeros(3, 2), None, sgd, [Choice(0, kind, {})], 1)
            except ValueError as error:
                assert kind in str(error) and "dense, random-row, top-k, sgs" in str(error), error
            else:
                raise AssertionError(kind)
        """;
    List<String> others =
        List.of("attacker", "given", "rival", "threshold").stream().map("'%s'"::formatted).toList();

    python(folder, program.formatted(others));
  }
}
