package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.LayerShape;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;

/**
 * The physical test of a layer map: the matrix that it makes of PyTorch's weights, times the
 * unfolded input, is PyTorch's forward pass. Skipped where Python has no PyTorch.
 */
final class MappedForwardIT {
  private static final double PRECISION = 1e-5;

  /** Writes the weights as a trace, and of each layer inputs and outputs as float32. */
  private static final String MODULES =
      """
      import pathlib, sys, torch, sgsars
      from torch import nn
      from torch.nn import functional
      out = pathlib.Path(sys.argv[1])
      torch.manual_seed(1)
      class Conv1D(nn.Module):
          def __init__(self, nf, nx):
              super().__init__()
              self.nf, self.weight, self.bias = nf, nn.Parameter(torch.randn(nx, nf)), nn.Parameter(torch.randn(nf))
          def forward(self, x):
              return x @ self.weight + self.bias
      model = nn.ModuleDict({
          "linear": nn.Linear(5, 3), "plain": nn.Linear(5, 3, bias=False), "conv1d": nn.Conv1d(3, 4, 3), "conv2d": nn.Conv2d(3, 4, (2, 3)),
          "conv3d": nn.Conv3d(2, 3, 2), "grouped": nn.Conv2d(4, 6, 3, groups=2), "depthwise": nn.Conv2d(4, 8, 3, groups=4),
          "up1d": nn.ConvTranspose1d(3, 2, 2, 2), "up2d": nn.ConvTranspose2d(3, 2, 2, 2), "up3d": nn.ConvTranspose3d(2, 3, 2, 2),
          "upgrouped": nn.ConvTranspose2d(4, 6, 2, 2, groups=2), "gpt": Conv1D(7, 4), "embedding": nn.Embedding(6, 3),
          "bag": nn.EmbeddingBag(6, 3, mode="sum"), "lstm": nn.LSTM(4, 3), "gru": nn.GRU(4, 3), "rnn": nn.RNN(4, 3),
          "one": nn.MultiheadAttention(6, 2), "three": nn.MultiheadAttention(6, 2, kdim=4, vdim=5),
          "parametrized": nn.Linear(5, 3), "hooked": nn.utils.weight_norm(nn.Linear(5, 3)),
      })
      class Halved(nn.Module):
          def forward(self, weight):
              return weight / 2
      nn.utils.parametrize.register_parametrization(model["parametrized"], "weight", Halved())
      losses = []
      def tell(name, *tensors):
          losses.append(tensors[1].sum())
          for key, tensor in zip("xyh", tensors):
              (out / f"{name}.{key}").write_bytes(tensor.detach().float().contiguous().numpy().tobytes())
      for parameter in model.parameters():
          parameter.data = torch.randn_like(parameter)
      recorder = sgsars.Recorder(model, out / "trace")
      for name in ("linear", "plain", "parametrized", "hooked"):
          x = torch.randn(4, 5)
          tell(name, x, model[name](x))
      x = torch.randn(4, 4)
      tell("gpt", x, model["gpt"](x))
      x = torch.randn(2, 3, 7)
      tell("conv1d", x.unfold(2, 3, 1).permute(0, 2, 1, 3).reshape(-1, 9), model["conv1d"](x).transpose(1, 2))
      for name, kernel in (("conv2d", (2, 3)), ("grouped", 3), ("depthwise", 3)):
          x = torch.randn(2, model[name].in_channels, 5, 6)
          tell(name, functional.unfold(x, kernel).transpose(1, 2), model[name](x).flatten(2).transpose(1, 2))
      x = torch.randn(2, 2, 3, 3, 3)
      tell("conv3d", x.unfold(2, 2, 1).unfold(3, 2, 1).unfold(4, 2, 1).permute(0, 2, 3, 4, 1, 5, 6, 7).reshape(-1, 16),
           model["conv3d"](x).permute(0, 2, 3, 4, 1))
      # As far apart as they are large, kernels do not overlap: each input position has outputs of its own.
      x = torch.randn(2, 3, 4)
      tell("up1d", x.transpose(1, 2), model["up1d"](x).reshape(2, 2, 4, 2).permute(0, 2, 1, 3))
      for name in ("up2d", "upgrouped"):
          x = torch.randn(2, model[name].in_channels, 3, 4)
          tell(name, x.permute(0, 2, 3, 1), model[name](x).reshape(2, -1, 3, 2, 4, 2).permute(0, 2, 4, 1, 3, 5))
      x = torch.randn(1, 2, 2, 2, 2)
      tell("up3d", x.permute(0, 2, 3, 4, 1), model["up3d"](x).reshape(1, 3, 2, 2, 2, 2, 2, 2).permute(0, 2, 4, 6, 1, 3, 5, 7))
      ids = torch.tensor([0, 5, 2, 2])
      tell("embedding", functional.one_hot(ids, 6), model["embedding"](ids))
      bags = torch.tensor([[0, 1], [3, 3]])
      tell("bag", functional.one_hot(bags, 6).sum(1), model["bag"](bags))
      for name in ("lstm", "gru", "rnn"):
          x, h = torch.randn(1, 2, 4), torch.randn(1, 2, 3)
          state = (h, torch.zeros(1, 2, 3)) if name == "lstm" else h
          tell(name, x, model[name](x, state)[0], h)
      # To one token alone attention gives all: its value, projected.
      x = torch.randn(1, 2, 6)
      tell("one", x, model["one"](x, x, x)[0])
      q, k, v = torch.randn(1, 2, 6), torch.randn(1, 2, 4), torch.randn(1, 2, 5)
      tell("three", v, model["three"](q, k, v)[0])
      sum(losses).backward()
      recorder.record()
      """;

  @TempDir private static Path folder = Path.of("");
  private static final Map<String, LayerShape> LAYERS = new HashMap<>();
  private static final Map<String, LayerTensor> TENSORS = new HashMap<>();

  @BeforeAll
  static void write() throws Exception {
    assumeTrue(Python.has("torch"), "needs " + Python.COMMAND + " with torch to run");
    Path log = folder.resolve("modules.log");
    int code =
        Python.run(
            log,
            Files.writeString(folder.resolve("modules.py"), MODULES).toString(),
            folder.toString());
    assertThat(code).as(Files.readString(log)).isZero();
    try (GradientSource trace = Traces.open(folder.resolve("trace"), MissingGradients.REFUSE)) {
      List<LayerTensor> tensors = trace.initialWeights();
      for (int i = 0; i < tensors.size(); i++) {
        LAYERS.put(trace.layers().get(i).name(), trace.layers().get(i));
        TENSORS.put(trace.layers().get(i).name(), tensors.get(i));
      }
    }
  }

  private static float[] floats(String file) throws Exception {
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  private static LayerShape layer(String name) {
    return Objects.requireNonNull(LAYERS.get(name));
  }

  /** A cell of the layer's matrix. */
  private static float cell(String name, int row, int column) {
    LayerShape layer = layer(name);
    return row < layer.inputs()
        ? Objects.requireNonNull(TENSORS.get(name))
            .weights()
            .getFloat(4 * (column * layer.inputs() + row))
        : Objects.requireNonNull(TENSORS.get(name)).biases().getFloat(4 * column);
  }

  /**
   * What the array gives for an input, group by group: each group's inputs, and 1 where it has a
   * bias. The bias of a channel is read from the column of its first tap, for all its taps.
   */
  private static double[] forward(String name, float[] x, int from) {
    LayerShape layer = layer(name);
    int groups = layer.map().groups();
    int rows = layer.rows() / groups;
    int inputs = layer.bias().isPresent() ? rows - 1 : rows;
    int taps =
        layer.bias().isPresent() && layer.map().biasFrom().isEmpty()
            ? (int) ((long) groups * layer.columns() / layer.bias().get().elements())
            : 1;
    double[] y = new double[groups * layer.columns()];
    for (int group = 0; group < groups; group++) {
      for (int column = 0; column < layer.columns(); column++) {
        double sum = inputs < rows ? cell(name, group * rows + inputs, column / taps * taps) : 0;
        for (int row = 0; row < inputs; row++) {
          sum += (double) x[from + group * inputs + row] * cell(name, group * rows + row, column);
        }
        y[group * layer.columns() + column] = sum;
      }
    }
    return y;
  }

  private static int inputs(String name) {
    LayerShape layer = layer(name);
    return layer.rows() - (layer.bias().isPresent() ? layer.map().groups() : 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "plain",
        "conv1d",
        "conv2d",
        "conv3d",
        "grouped",
        "depthwise",
        "up1d",
        "up2d",
        "up3d",
        "upgrouped",
        "gpt",
        "embedding",
        "bag",
        "parametrized",
        "hooked"
      })
  void matrix_timesTheUnfoldedInput_isTheForwardPass(String name) throws Exception {
    float[] x = floats(name + ".x");
    float[] y = floats(name + ".y");
    int inputs = inputs(name);
    int outputs = y.length / (x.length / inputs);

    for (int sample = 0; sample < x.length / inputs; sample++) {
      double[] found = forward(name, x, sample * inputs);
      assertThat(found).hasSize(outputs);
      for (int i = 0; i < outputs; i++) {
        assertThat(found[i])
            .as("%s, sample %d, output %d", name, sample, i)
            .isCloseTo(
                y[sample * outputs + i], within(PRECISION * Math.max(1, Math.abs(found[i]))));
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "rnn"})
  void matrices_ofARecurrentLayer_makeItsNextState(String name) throws Exception {
    float[] x = floats(name + ".x");
    float[] h = floats(name + ".h");
    float[] y = floats(name + ".y");

    for (int sample = 0; sample < 2; sample++) {
      double[] ih = forward(name + ".ih_l0", x, 4 * sample);
      double[] hh = forward(name + ".hh_l0", h, 3 * sample);
      for (int i = 0; i < 3; i++) {
        double next;
        if (name.equals("lstm")) {
          // Gates i, f, g, o; the cell was empty.
          double cell = sigmoid(ih[i] + hh[i]) * Math.tanh(ih[6 + i] + hh[6 + i]);
          next = sigmoid(ih[9 + i] + hh[9 + i]) * Math.tanh(cell);
        } else if (name.equals("gru")) {
          double z = sigmoid(ih[3 + i] + hh[3 + i]);
          double n = Math.tanh(ih[6 + i] + sigmoid(ih[i] + hh[i]) * hh[6 + i]);
          next = (1 - z) * n + z * h[3 * sample + i];
        } else {
          next = Math.tanh(ih[i] + hh[i]);
        }
        assertThat(next).isCloseTo(y[3 * sample + i], within(PRECISION));
      }
    }
  }

  @Test
  void matrices_ofAttention_inOneAndInThree_makeItsOutput() throws Exception {
    float[] x = floats("one.x");
    float[] y = floats("one.y");
    float[] values = floats("three.x");
    float[] outputs = floats("three.y");
    for (int sample = 0; sample < 2; sample++) {
      double[] all = forward("one.in_proj", x, 6 * sample);
      float[] v = new float[6];
      float[] ofThree = new float[6];
      double[] third = forward("three.v_proj", values, 5 * sample);
      for (int i = 0; i < 6; i++) {
        v[i] = (float) all[12 + i];
        ofThree[i] = (float) third[i];
      }
      double[] one = forward("one.out_proj", v, 0);
      double[] three = forward("three.out_proj", ofThree, 0);
      for (int i = 0; i < 6; i++) {
        assertThat(one[i]).isCloseTo(y[6 * sample + i], within(PRECISION * 10));
        assertThat(three[i]).isCloseTo(outputs[6 * sample + i], within(PRECISION * 10));
      }
    }
    assertThat(layer("three.k_proj").inputs()).isEqualTo(4);
  }
}
