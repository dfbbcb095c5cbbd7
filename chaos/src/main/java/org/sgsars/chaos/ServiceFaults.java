package org.sgsars.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What happens to services and the machines they are on. */
final class ServiceFaults {
  private static final Duration WRONG = Duration.ofHours(1);
  private static final long IN_STEP_MS = 60_000;
  private static final long POLL_MS = 100;

  private ServiceFaults() {}

  static Optional<Member> any(List<Member> members, SplittableRandom random) {
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(members.get(random.nextInt(members.size())));
  }

  static String stage(SplittableRandom random) {
    return Cluster.STAGES.get(random.nextInt(Cluster.STAGES.size()));
  }

  static boolean pause(Optional<Member> member, long milliseconds) throws Exception {
    if (member.isEmpty() || !member.get().signal("STOP")) {
      return false;
    }
    TimeUnit.MILLISECONDS.sleep(milliseconds);
    member.get().signal("CONT");
    return true;
  }

  static boolean kill(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    Optional<Member> victim = any(cluster.services(), random);
    if (victim.isPresent()) {
      victim.get().kill();
    }
    return victim.isPresent();
  }

  static boolean killTwo(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> first = any(cluster.services(), random);
    Optional<Member> second = any(cluster.services(), random);
    if (first.isEmpty() || first.equals(second)) {
      return false;
    }
    first.get().kill();
    second.orElseThrow().kill();
    return true;
  }

  static boolean pause(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    return pause(any(cluster.services(), random), Cluster.SESSION_MS + 1000 + random.nextInt(4000));
  }

  static boolean add(Cluster cluster, SplittableRandom random, boolean patient) {
    String service = stage(random);
    if (cluster.of(service).size() > 2) {
      return false;
    }
    cluster.add(service);
    return true;
  }

  static boolean remove(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    List<Member> instances = cluster.of(stage(random));
    if (instances.size() < 2) {
      return false;
    }
    cluster.remove(any(instances, random).orElseThrow());
    return true;
  }

  static boolean removeMachine(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> victim = any(cluster.services(), random);
    if (victim.isPresent()) {
      cluster.removeMachine(victim.get());
    }
    return victim.isPresent();
  }

  /** A clock that is right goes an hour ahead or behind, a wrong one is set right. */
  static boolean clock(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    Optional<Member> victim = any(cluster.running(), random);
    if (victim.isEmpty()) {
      return false;
    }
    Member member = victim.get();
    if (Cluster.isBroker(member) && !BrokerFaults.isExpendable(cluster)) {
      return false;
    }
    Duration offset = random.nextBoolean() ? WRONG : WRONG.negated();
    String setting =
        Cluster.isBroker(member) ? BrokerProcess.CLOCK_OFFSET : "--sgsars.clock-offset=";
    member.startWith(member.more().isEmpty() ? List.of(setting + offset) : List.of());
    // A process's clock cannot be set from outside.
    member.stop();
    return true;
  }

  /** As for a new version: brokers first, each once the one before is in step. */
  static boolean roll(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    for (Member broker : cluster.of(Cluster.BROKER)) {
      if (!cluster.admin().awaitInSync(cluster.brokers(), IN_STEP_MS)) {
        return false;
      }
      broker.stop();
    }
    cluster.admin().awaitInSync(cluster.brokers(), IN_STEP_MS);
    for (Member member : new ArrayList<>(cluster.services())) {
      int before = member.starts();
      member.stop();
      while (member.starts() == before && !member.isOver()) {
        TimeUnit.MILLISECONDS.sleep(POLL_MS);
      }
    }
    return true;
  }

  static boolean resend(Cluster cluster, SplittableRandom random, boolean patient) {
    return Resend.some(cluster.directServers(), random) > 0;
  }
}
