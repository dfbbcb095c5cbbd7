package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.source.GradientSource;
import org.sgsars.source.LayerTensor;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;

/**
 * The recorder of python/ on a real training. Skipped where Python has no PyTorch (on Debian
 * python3-torch).
 */
final class RecorderIT {
  /** Trains, records, and tells by itself what the optimizer was given: a binary file each. */
  private static final String TRAINING =
      """
      import pathlib, sys, torch
      sys.path.insert(0, sys.argv[1])
      from sgsars import Recorder
      out = pathlib.Path(sys.argv[2])
      torch.manual_seed(1)
      model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(8, 3, bias=False))
      optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
      def tell(name, tensors):
          (out / name).write_bytes(b"".join(t.detach().numpy().tobytes() for t in tensors))
      tell("weights", model.parameters())
      recorder = Recorder(model, out / "trace")
      for iteration in range(5):
          optimizer.zero_grad()
          torch.nn.functional.cross_entropy(model(torch.randn(4, 1, 4, 4)), torch.randint(3, (4,))).backward()
          tell(f"gradients-{iteration}", [p.grad for p in model.parameters()])
          recorder.record()
          optimizer.step()
      try:
          Recorder(model, out / "trace")
      except FileExistsError:
          print("refused")
      """;

  @TempDir private Path folder = Path.of("");

  private static int python(Path log, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Python.COMMAND));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  private static byte[] bytes(List<LayerTensor> tensors) {
    int size =
        tensors.stream().mapToInt(t -> t.weights().remaining() + t.biases().remaining()).sum();
    ByteBuffer all = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    tensors.forEach(t -> all.put(t.weights().duplicate()).put(t.biases().duplicate()));
    return all.array();
  }

  @Test
  void record_realTraining_traceHoldsWhatTheOptimizerWasGiven() throws Exception {
    assumeTrue(Python.has("torch"), "needs " + Python.COMMAND + " with torch to run");
    Path training = Files.writeString(folder.resolve("training.py"), TRAINING);

    int code =
        python(
            folder.resolve("training.log"),
            training.toString(),
            Runs.PROJECT.resolve("python/src").toString(),
            folder.toString());

    assertThat(code).as(Files.readString(folder.resolve("training.log"))).isZero();
    assertThat(Files.readString(folder.resolve("training.log"))).contains("refused");
    try (GradientSource trace = Traces.open(folder.resolve("trace"), MissingGradients.REFUSE)) {
      assertThat(trace.layers().stream().map(layer -> layer.name())).containsExactly("0", "2");
      assertThat(bytes(trace.initialWeights()))
          .isEqualTo(Files.readAllBytes(folder.resolve("weights")));
      for (int iteration = 0; iteration < 5; iteration++) {
        assertThat(bytes(Objects.requireNonNull(trace.next())))
            .as("iteration %d", iteration)
            .isEqualTo(Files.readAllBytes(folder.resolve("gradients-" + iteration)));
      }
      assertThat(trace.next()).isNull();
    }
  }
}
