package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands of {@code ./sgs-ars}, each in a process of its own. */
final class CommandProcesses implements AutoCloseable {
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param folder gets what they say
   */
  CommandProcesses(Path folder) {
    this.folder = folder;
  }

  /** Starts a command; none of them finds a browser to open. */
  Process start(String... arguments) throws IOException {
    List<String> program = new ArrayList<>(List.of("-jar", "target/sgs-ars.jar"));
    program.addAll(List.of(arguments));
    return java(program);
  }

  /**
   * Starts Java.
   *
   * @param arguments after those for memory and logging
   */
  Process java(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(java());
    command.add("-Xmx512m");
    command.add("-Dlogback.configurationFile=logback-sgs-ars.xml");
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(processes.size()).toFile());
    builder.environment().put("PATH", folder.toString());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /**
   * Java as it starts soonest, and takes the least from others on the same machine: the second
   * compiler does not pay in the minute that a test lasts.
   */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=240m");
  }

  private Path log(int process) {
    return folder.resolve("log-" + process);
  }

  /** What a command has said so far. */
  String output(Process process) throws IOException {
    return output(processes.indexOf(process));
  }

  /**
   * @param process from 0, in the order of their starts
   */
  String output(int process) throws IOException {
    return Files.readString(log(process));
  }

  /** Kills those that are left. */
  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
