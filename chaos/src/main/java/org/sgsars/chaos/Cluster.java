package org.sgsars.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brokers and services, each a process, tended until the cluster is closed. */
final class Cluster implements AutoCloseable {
  static final String BROKER = "broker";
  static final String PRODUCER = "gradient-producer";
  static final String ANALYZER = "lifetime-analyzer";
  static final List<String> STAGES = List.of("sgs-service", "ars-controller", "crossbar-sim");

  /** Shorter than is usual, so that more happens in less time; the least the broker allows. */
  static final long SESSION_MS = 6000;

  private static final long TEND_MS = 100;
  private static final String REPORTS = "reports";

  private final Path project;
  private final Path folder;
  private final ClusterShape shape;
  private final List<String> ofAnalyzer;
  private final Brokers brokers;
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final List<Member> removed = new CopyOnWriteArrayList<>();
  private final Map<String, List<String>> sent = new ConcurrentHashMap<>();
  private final Thread tending = new Thread(this::tend, "tending");
  private int added;

  /**
   * @param project where the services' jars are
   * @param folder of everything the cluster keeps
   * @param ofAnalyzer settings of the analyzer
   * @throws IOException if there is no port for the brokers
   */
  Cluster(Path project, Path folder, ClusterShape shape, List<String> ofAnalyzer)
      throws IOException {
    this.project = project.toAbsolutePath();
    this.folder = folder.toAbsolutePath();
    this.shape = shape;
    this.ofAnalyzer = List.copyOf(ofAnalyzer);
    this.brokers = new Brokers(shape.brokers());
    for (int i = 0; i < shape.brokers(); i++) {
      members.add(broker(i));
    }
    STAGES.forEach(this::add);
    // Two, so that rebalances move layers.
    add("sgs-service");
    add(ANALYZER);
    tending.setDaemon(true);
    tending.start();
  }

  /** This process's own, for processes that work in other folders. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Member broker(int number) {
    String name = BROKER + "-" + (number + 1);
    List<String> command = java(300, "-cp", classPath(), BrokerProcess.class.getName());
    command.addAll(brokers.arguments(number, machine(name).resolve("data")));
    return new Member(name, command, machine(name), log(name), false);
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

  private Member addService(String name, String service, Path jars, List<String> settings) {
    List<String> command = java(200);
    command.addAll(program(service, jars));
    command.addAll(
        List.of(
            "--sgsars.kafka.bootstrap-servers=" + brokers.bootstrapServers(),
            "--sgsars.kafka.partitions=3",
            "--sgsars.kafka.replication-factor=" + shape.brokers(),
            "--sgsars.kafka.properties.session.timeout.ms=" + SESSION_MS,
            // By it the network knows whose connection it is.
            "--sgsars.kafka.properties.client.id=" + name,
            "--sgsars.state.store=" + shape.store().setting(),
            "--sgsars.state.save-interval=500ms",
            "--micronaut.server.port=-1"));
    if (shape.store() == ClusterShape.Store.FOLDER) {
      command.add("--sgsars.state.folder=" + states(service));
    }
    command.addAll(settings);
    Member member = new Member(name, command, machine(name), log(name), service.equals(PRODUCER));
    members.add(member);
    return member;
  }

  /** The folder of a machine, which nobody else sees. */
  private Path machine(String name) {
    return folder.resolve("machines").resolve(name);
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** A producer can train, if the module for that was built. */
  private static List<String> program(String service, Path jars) {
    String jar = jars.resolve(service + "/target/" + service + ".jar").toString();
    Path training = jars.resolve("pytorch-training/target");
    return service.equals(PRODUCER)
        ? List.of(
            "-cp",
            String.join(
                File.pathSeparator,
                jar,
                training.resolve("pytorch-training.jar").toString(),
                training.resolve("lib") + "/*"),
            org.sgsars.producer.Main.class.getName())
        : List.of("-jar", jar);
  }

  /** One more instance of a service, on a machine of its own. */
  Member add(String service) {
    return add(service, project);
  }

  /**
   * The same of another release.
   *
   * @param jars the project of that release, where its jars are
   */
  Member add(String service, Path jars) {
    added++;
    String name = service + "-" + added;
    List<String> settings =
        service.equals(ANALYZER)
            ? Stream.concat(
                    ofAnalyzer.stream(),
                    Stream.of("--sgsars.analyzer.reports=" + machine(name).resolve(REPORTS)))
                .toList()
            : List.of();
    return addService(name, service, jars, settings);
  }

  /** Starts to send a run, by a member that is over when the run is taken in. */
  Member produce(Path experiment, String run, long iterations) {
    return produce(
        List.of(
            "--sgsars.producer.experiment=" + experiment,
            "--sgsars.producer.run=" + run,
            "--sgsars.producer.iterations=" + iterations),
        project);
  }

  private Member produce(List<String> run, Path jars) {
    added++;
    String name = PRODUCER + "-" + added;
    sent.put(name, run);
    return addService(name, PRODUCER, jars, run);
  }

  ClusterShape shape() {
    return shape;
  }

  /** What lies between services and brokers. */
  Network network() {
    return brokers.network();
  }

  /** Asks the brokers. */
  BrokerAdmin admin() {
    return new BrokerAdmin(directServers());
  }

  /** How many brokers there are, whether they run or not. */
  int brokers() {
    return (int) members.stream().filter(Cluster::isBroker).count();
  }

  /** Of the brokers, past the network that faults cut. */
  String directServers() {
    return brokers.directServers();
  }

  /** Folder of a service's saved states. */
  Path states(String service) {
    return folder.resolve("state").resolve(service);
  }

  /** Folders of the brokers' data. */
  List<Path> brokerData() {
    return of(BROKER).stream().map(broker -> broker.home().resolve("data")).toList();
  }

  /** The report of a run, on whichever machine it was written; empty if there is none. */
  Optional<Path> report(String run) {
    return members.stream()
        .filter(member -> member.name().startsWith(ANALYZER))
        .map(member -> member.home().resolve(REPORTS).resolve(run).resolve("report.json"))
        .filter(Files::exists)
        .findFirst();
  }

  /** The running members of a service; the broker is one, too. */
  List<Member> of(String service) {
    return members.stream()
        .filter(member -> member.name().startsWith(service) && member.isRunning())
        .toList();
  }

  /** All members that run but the brokers. */
  List<Member> services() {
    return running().stream().filter(member -> !isBroker(member)).toList();
  }

  /** All members that run. */
  List<Member> running() {
    return members.stream().filter(Member::isRunning).toList();
  }

  static boolean isBroker(Member member) {
    return member.name().startsWith(BROKER);
  }

  /** Number of a broker, from 0. */
  static int number(Member broker) {
    return Integer.parseInt(broker.name().substring(BROKER.length() + 1)) - 1;
  }

  /** What a member does: a service's name. */
  static String service(Member member) {
    return member.name().substring(0, member.name().lastIndexOf('-'));
  }

  /** Whether a broker was lost for ever. */
  boolean lacksBroker() {
    return brokers() < shape.brokers();
  }

  /** Ends a member for good. */
  void remove(Member member) throws InterruptedException {
    members.remove(member);
    removed.add(member);
    member.remove();
  }

  /**
   * A member's machine is lost for ever; another is there at once if it was the service's only one.
   */
  void removeMachine(Member member) throws InterruptedException, IOException {
    members.remove(member);
    removed.add(member);
    member.removeMachine();
    String service = service(member);
    if (service.equals(PRODUCER)) {
      produce(sent.getOrDefault(member.name(), List.of()), project);
    } else if (!isBroker(member) && of(service).isEmpty()) {
      add(service);
    }
  }

  /**
   * One of another release takes a producer's place. The producer is killed, as one that is stopped
   * ends its run.
   *
   * @param jars the project of that release
   */
  Member replaceProducer(Member producer, Path jars) throws InterruptedException {
    members.remove(producer);
    removed.add(producer);
    producer.drop();
    return produce(sent.getOrDefault(producer.name(), List.of()), jars);
  }

  /** How often members ended by themselves, such as because the broker was away. */
  int ownExits() {
    return members.stream().mapToInt(Member::ownExits).sum()
        + removed.stream().mapToInt(Member::ownExits).sum();
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
    brokers.close();
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
