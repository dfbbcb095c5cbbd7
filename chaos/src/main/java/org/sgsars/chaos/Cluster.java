package org.sgsars.chaos;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A broker and the services, each a process, tended until the cluster is closed. */
final class Cluster implements AutoCloseable {
  static final String BROKER = "broker";
  static final String PRODUCER = "gradient-producer";
  static final String ANALYZER = "lifetime-analyzer";
  static final List<String> STAGES = List.of("sgs-service", "ars-controller", "crossbar-sim");

  /** Shorter than is usual, so that more happens in less time; the least the broker allows. */
  static final long SESSION_MS = 6000;

  private static final long TEND_MS = 100;

  private final Path project;
  private final Path folder;
  private final int port = freePort();
  private final int controllerPort = freePort();
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final List<Member> dismissed = new CopyOnWriteArrayList<>();
  private final Thread tending = new Thread(this::tend, "tending");
  private int added;

  /**
   * @param project where the services' jars are
   * @param folder of everything the cluster keeps
   * @param ofAnalyzer settings of the analyzer
   */
  Cluster(Path project, Path folder, List<String> ofAnalyzer) {
    this.project = project;
    this.folder = folder;
    members.add(
        new Member(
            BROKER,
            java(
                300,
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                brokerData().toString(),
                Integer.toString(port),
                Integer.toString(controllerPort)),
            folder.resolve("broker.log"),
            false));
    STAGES.forEach(this::add);
    // Two, so that layers change hands.
    add("sgs-service");
    List<String> settings = new ArrayList<>(ofAnalyzer);
    settings.add("--sgsars.analyzer.reports=" + reports());
    addService(ANALYZER, ANALYZER, settings);
    tending.setDaemon(true);
    tending.start();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> java(int heapMegabytes, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    return command;
  }

  private Member addService(String name, String service, List<String> settings) {
    List<String> command = java(200);
    command.addAll(program(service));
    command.addAll(
        List.of(
            "--sgsars.kafka.bootstrap-servers=" + bootstrapServers(),
            "--sgsars.kafka.partitions=3",
            "--sgsars.kafka.properties.session.timeout.ms=" + SESSION_MS,
            "--sgsars.state.store=folder",
            "--sgsars.state.folder=" + states(service),
            "--sgsars.state.save-interval=500ms",
            "--micronaut.server.port=-1"));
    command.addAll(settings);
    Member member =
        new Member(name, command, folder.resolve(name + ".log"), service.equals(PRODUCER));
    members.add(member);
    return member;
  }

  /** A producer can train, if the module for that was built. */
  private List<String> program(String service) {
    String jar = project.resolve(service + "/target/" + service + ".jar").toString();
    Path training = project.resolve("pytorch-training/target");
    return service.equals(PRODUCER)
        ? List.of(
            "-cp",
            String.join(
                java.io.File.pathSeparator,
                jar,
                training.resolve("pytorch-training.jar").toString(),
                training.resolve("lib") + "/*"),
            org.sgsars.producer.Main.class.getName())
        : List.of("-jar", jar);
  }

  /** One more instance of a service. */
  Member add(String service) {
    added++;
    return addService(service + "-" + added, service, List.of());
  }

  /** Starts to send a run, by a member that is over when the run is taken in. */
  Member produce(Path experiment, String run, long iterations) {
    return addService(
        PRODUCER + "-" + run,
        PRODUCER,
        List.of(
            "--sgsars.producer.experiment=" + experiment,
            "--sgsars.producer.run=" + run,
            "--sgsars.producer.iterations=" + iterations));
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Folder of the broker's data. */
  Path brokerData() {
    return folder.resolve("broker-data");
  }

  /** Folder of a service's saved states. */
  Path states(String service) {
    return folder.resolve("state").resolve(service);
  }

  /** Folder of the reports. */
  Path reports() {
    return folder.resolve("reports");
  }

  /** The running members of a service; the broker is one, too. */
  List<Member> of(String service) {
    return members.stream()
        .filter(member -> member.name().startsWith(service) && member.isRunning())
        .toList();
  }

  /** All members that run but the broker. */
  List<Member> services() {
    return members.stream()
        .filter(member -> !member.name().equals(BROKER) && member.isRunning())
        .toList();
  }

  /** Ends a member for good. */
  void dismiss(Member member) throws InterruptedException {
    members.remove(member);
    dismissed.add(member);
    member.dismiss();
  }

  /** How often members ended by themselves, such as because the broker was away. */
  int ownExits() {
    return members.stream().mapToInt(Member::ownExits).sum()
        + dismissed.stream().mapToInt(Member::ownExits).sum();
  }

  private void tend() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        for (Member member : members) {
          member.tend();
        }
        TimeUnit.MILLISECONDS.sleep(TEND_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      System.err.println("Processes cannot be started: " + e.getMessage());
    }
  }

  /** Ends all of it; the files stay. */
  @Override
  public void close() {
    tending.interrupt();
    try {
      tending.join();
      for (Member member : members) {
        member.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the members said last, for a run that went wrong. */
  String lastWords() throws IOException {
    StringBuilder words = new StringBuilder();
    try (var logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        List<String> lines = Files.readAllLines(log);
        words.append(log.getFileName()).append('\n');
        lines
            .subList(Math.max(0, lines.size() - 5), lines.size())
            .forEach(line -> words.append("  ").append(line).append('\n'));
      }
    }
    return words.toString();
  }
}
