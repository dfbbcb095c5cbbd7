package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where this process's CPU time goes: user and system time of all its threads, those of the JVM
 * itself among them, as Linux counts it. Elsewhere it has nothing to say.
 */
final class ThreadTimes implements AutoCloseable {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final long POLL_MS = 100;
  private static final String OTHER = "other";

  /** Beginnings of threads' names, as far as Linux keeps them, and what such threads do. */
  private static final Map<String, String> PARTS = parts();

  private final Map<String, Long> last = new HashMap<>();
  private final Map<String, Long> ticks = new TreeMap<>();
  private final Thread sampler;
  private volatile boolean stopping;

  private static Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("kafka-producer-", "Kafka's producers");
    parts.put("kafka-admin-cli", OTHER);
    for (String broker : List.of("data-plane-kafk", "kafka-", "group-coord", "quorum-", "log-")) {
      parts.put(broker, "broker");
    }
    for (String service :
        List.of(
            "gradient-produc",
            "sgs-service",
            "ars-controller",
            "crossbar-sim",
            "lifetime-analyz")) {
      parts.put(service, service);
    }
    parts.put("C1 Compiler", "JVM: compiling");
    parts.put("C2 Compiler", "JVM: compiling");
    parts.put("VM Thread", "JVM: collecting garbage");
    return parts;
  }

  /** Starts to count. */
  ThreadTimes() {
    sampleTasks(false);
    sampler = new Thread(this::sample, "thread-times");
    sampler.setDaemon(true);
    sampler.start();
  }

  private void sample() {
    while (!stopping) {
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException e) {
        return;
      }
      // A thread that ends takes with it what came since the last sample.
      sampleTasks(true);
    }
  }

  private synchronized void sampleTasks(boolean counts) {
    if (!Files.isDirectory(TASKS)) {
      return;
    }
    try (Stream<Path> tasks = Files.list(TASKS)) {
      for (Path task : tasks.toList()) {
        sampleTasks(task, counts);
      }
    } catch (IOException e) {
      stopping = true;
    }
  }

  private void sampleTasks(Path task, boolean counts) {
    String stat;
    try {
      stat = Files.readString(task.resolve("stat"));
    } catch (IOException e) {
      // It ended while it was sampled.
      return;
    }
    int nameEnd = stat.lastIndexOf(')');
    String name = stat.substring(stat.indexOf('(') + 1, nameEnd);
    List<String> fields = List.of(stat.substring(nameEnd + 2).split(" ", -1));
    long now = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
    Long before = last.put(task.getFileName().toString(), now);
    if (counts) {
      ticks.merge(part(name), now - (before == null ? 0 : before), Long::sum);
    }
  }

  private static String part(String thread) {
    return PARTS.entrySet().stream()
        .filter(part -> thread.startsWith(part.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(OTHER);
  }

  /** Each part's share of all, largest first. */
  synchronized Map<String, Double> shares() {
    double all = ticks.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Double> shares = new LinkedHashMap<>();
    ticks.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(part -> shares.put(part.getKey(), part.getValue() / all));
    return shares;
  }

  @Override
  public void close() {
    stopping = true;
  }
}
