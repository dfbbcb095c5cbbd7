package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.ars.kafka.ArsStage;
import org.sgsars.crossbar.kafka.CrossbarStage;
import org.sgsars.service.PipelineLog;
import org.sgsars.sgs.kafka.SgsStage;
import picocli.CommandLine;

/**
 * The stream of python/: a real PyTorch training in the producer's place. Skipped where Python has
 * no PyTorch, Kafka or Avro libraries.
 */
final class StreamIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final String MODULES = "torch, confluent_kafka, avro.schema";

  /** Trains, streams, and keeps the same gradients as a trace. */
  private static final String TRAINING =
      """
      import pathlib, sys, torch
      sys.path.insert(0, sys.argv[1])
      from sgsars import Recorder
      from sgsars import Stream
      out, servers, last = pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
      torch.manual_seed(1)
      model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.Linear(16, 3))
      print(Stream.layers(model))
      optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
      recorder = Recorder(model, out / sys.argv[5])
      stream = Stream(model, out / "manifest.json", run=sys.argv[5], servers=servers, lead=20)
      for iteration in range(last):
          optimizer.zero_grad()
          torch.nn.functional.cross_entropy(model(torch.randn(8, 1, 4, 4)), torch.randint(3, (8,))).backward()
          stream.send()
          recorder.record()
          optimizer.step()
      stream.close()
      """;

  @TempDir private Path folder = Path.of("");

  private Path experiment(String source) throws Exception {
    Path file = folder.resolve("experiment.yml");
    Files.writeString(
        file,
        """
        name: streamed
        source: {%s, iterations: 60}
        crossbar: {size: 8}
        report: {selections: true, interval: 30}
        scenarios:
          - {name: dense, sparsifier: {kind: dense}}
          - {name: sgs, sparsifier: {kind: sgs}, leveller: {kind: ars, interval: 8}, device: {kind: rram-typical}}
        """
            .formatted(source));
    return file;
  }

  private String train(RunningServices services, String servers, int iterations, String run)
      throws Exception {
    Path script = Files.writeString(folder.resolve("training.py"), TRAINING);
    Path log = folder.resolve(run + ".log");
    List<String> command = new ArrayList<>(List.of(Python.COMMAND, script.toString()));
    command.add(Runs.PROJECT.resolve("python/src").toString());
    command.addAll(List.of(folder.toString(), servers, Integer.toString(iterations), run));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(services.failures()).isEmpty();
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }

  @Test
  void send_realTraining_reportIsThatOfAReplay() throws Exception {
    assumeTrue(Python.has(MODULES), "needs " + Python.COMMAND + " with " + MODULES + " to run");
    Path experiment =
        experiment(
            "kind: noise, layers: [{name: '0', rows: 10, columns: 4}, {name: '3', rows: 17, columns: 3}]");
    int code =
        new CommandLine(new SgsArsCommand())
            .execute(
                "validate",
                experiment.toString(),
                "--manifest",
                folder.resolve("manifest.json").toString());
    assertThat(code).isZero();

    LifetimeReport streamed;
    LifetimeReport stopped;
    String log;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, failure -> {})) {
      PipelineLog kafka = Runs.kafka(broker, 2);
      kafka.prepareTopics();
      LinkedBlockingQueue<LifetimeReport> reports = new LinkedBlockingQueue<>();
      RunningServices services =
          new RunningServices(kafka, folder.resolve("states"), Duration.ofSeconds(30));
      services.start(new SgsStage(Runs.POLICIES));
      services.start(new ArsStage(Runs.POLICIES));
      services.start(new CrossbarStage(Runs.POLICIES));
      services.start(new AnalyzerLoop(kafka, Runs.POLICIES, reports::add));

      log = train(services, broker.bootstrapServers(), 60, "streamed");
      streamed = reports.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      train(services, broker.bootstrapServers(), 25, "stopped");
      stopped = reports.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      services.stopAll();
    }

    assertThat(log)
        .contains(
            "{'name': '0', 'rows': 10, 'columns': 4}, {'name': '3', 'rows': 17, 'columns': 3}");
    assertThat(streamed.complete()).as(streamed.warnings().toString()).isTrue();
    assertThat(streamed.plan().source()).isEqualTo("streamed from PyTorch");
    LifetimeReport replayed =
        Runs.run(experiment("kind: trace, path: streamed"), 60, folder.resolve("replay")).report();
    for (int scenario = 0; scenario < 2; scenario++) {
      List<LayerLifetime> of = streamed.scenarios().get(scenario).layers();
      List<LayerLifetime> expected = replayed.scenarios().get(scenario).layers();
      for (int layer = 0; layer < expected.size(); layer++) {
        assertThat(of.get(layer).shape()).isEqualTo(expected.get(layer).shape());
        assertThat(of.get(layer).rowWrites()).isEqualTo(expected.get(layer).rowWrites());
        assertThat(of.get(layer).selectedRows())
            .usingRecursiveComparison()
            .isEqualTo(expected.get(layer).selectedRows());
      }
    }
    assertThat(stopped.complete()).isFalse();
    assertThat(stopped.warnings()).containsExactly("stopped after 25 of 60 iterations");
  }
}
