package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The services' jars, each in a process of its own, on one broker. */
final class ServiceProcesses implements AutoCloseable {
  /** Those between the producer and the analyzer, which have snapshots. */
  static final List<String> STAGES = List.of("sgs-service", "ars-controller", "crossbar-sim");

  private final String bootstrapServers;
  private final Path logs;
  private final List<Process> processes = new ArrayList<>();
  private final Map<Process, Path> logOf = new HashMap<>();

  /**
   * @param logs folder of what they say
   */
  ServiceProcesses(String bootstrapServers, Path logs) {
    this.bootstrapServers = bootstrapServers;
    this.logs = logs;
  }

  /**
   * @param machine the folder it works in
   */
  Process start(Path machine, String service, String... settings) throws IOException {
    List<String> command = new ArrayList<>(CommandProcesses.java());
    command.add("-Xmx256m");
    command.add("-jar");
    command.add(Runs.PROJECT.resolve(service + "/target/" + service + ".jar").toString());
    command.add("--sgsars.kafka.bootstrap-servers=" + bootstrapServers);
    command.addAll(List.of(settings));
    Path log = logs.resolve(service + "-" + processes.size() + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(machine.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    processes.add(process);
    logOf.put(process, log);
    return process;
  }

  /** One of {@link #STAGES}, which saves often and is missed soon. */
  Process startStage(Path machine, String service) throws IOException {
    return start(
        machine,
        service,
        "--micronaut.server.port=-1",
        "--sgsars.kafka.properties.session.timeout.ms=6000",
        "--sgsars.state.save-interval=200ms");
  }

  Process startAnalyzer(Path machine, int port, Path reports) throws IOException {
    return start(
        machine,
        "lifetime-analyzer",
        "--micronaut.server.port=" + port,
        "--sgsars.analyzer.reports=" + reports);
  }

  Process produce(Path machine, Path experiment, String run, int iterations) throws IOException {
    return start(
        machine,
        "gradient-producer",
        "--micronaut.server.port=-1",
        "--sgsars.producer.experiment=" + experiment,
        "--sgsars.producer.run=" + run,
        "--sgsars.producer.iterations=" + iterations);
  }

  /** All that a process has said until now. */
  String output(Process process) throws IOException {
    return Files.readString(logOf.getOrDefault(process, logs.resolve("none")));
  }

  /** Ends all of them. */
  @Override
  public void close() {
    processes.forEach(Process::destroy);
    try {
      for (Process process : processes) {
        process.waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    processes.forEach(Process::destroyForcibly);
  }
}
