package org.sgsars.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** JVMs beside this one, which end with it. What they say goes to files in the work folder. */
final class Children implements AutoCloseable {
  private static final List<String> COLLECTOR = List.of("-XX:+UseSerialGC", "-XX:SurvivorRatio=2");

  private final Path work;
  private final List<Process> processes = new ArrayList<>();
  private final Map<Process, Duration> cpu = new HashMap<>();

  Children(Path work) {
    this.work = work;
  }

  /** A class of this program. */
  Process start(String name, int heapMegabytes, Class<?> main, String... arguments)
      throws IOException {
    return start(
        name,
        heapMegabytes,
        List.of("-cp", System.getProperty("java.class.path"), main.getName()),
        List.of(arguments));
  }

  /** A service's jar. */
  Process service(String name, int heapMegabytes, List<String> settings) throws IOException {
    Path jar = ResNet50.PROJECT.resolve(name + "/target/" + name + ".jar");
    return start(name, heapMegabytes, List.of("-jar", jar.toString()), settings);
  }

  private Process start(
      String name, int heapMegabytes, List<String> program, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.addAll(COLLECTOR);
    command.add("-Dsgsars.project=" + ResNet50.PROJECT);
    command.addAll(program);
    command.addAll(arguments);
    File log = work.resolve(name + ".log").toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log))
            .redirectOutput(
                program.contains(BrokerProcess.class.getName())
                    ? ProcessBuilder.Redirect.PIPE
                    : ProcessBuilder.Redirect.appendTo(log))
            .start();
    processes.add(process);
    return process;
  }

  /** This moment, with the CPU time of this process and all its children. */
  Rate.Mark now() {
    Rate.Mark own = Rate.Mark.now();
    sample();
    long children = cpu.values().stream().mapToLong(Duration::toNanos).sum();
    return new Rate.Mark(own.nanos(), own.cpuNanos() + children);
  }

  /** Samples the CPU times, which cannot be read any more once a process has ended. */
  void sample() {
    for (Process process : processes) {
      process.info().totalCpuDuration().ifPresent(time -> cpu.put(process, time));
    }
  }

  /**
   * @throws IOException naming the child, if one is no longer there
   */
  void requireAll() throws IOException {
    for (Process process : processes) {
      if (!process.isAlive() && process.exitValue() != 0) {
        throw new IOException(
            "a process ended with status %d; its log is in %s: %s"
                .formatted(process.exitValue(), work, process.info().commandLine().orElse("")));
      }
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    try {
      for (Process process : processes) {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException e) {
      processes.forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
