package org.sgsars.chaos;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What happens between services and brokers. */
final class NetworkFaults {
  private NetworkFaults() {}

  /** From one broker, or from all. */
  static boolean service(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> victim = ServiceFaults.any(cluster.services(), random);
    Optional<Integer> broker = random.nextBoolean() ? Optional.empty() : anyBroker(cluster, random);
    if (victim.isEmpty()) {
      return false;
    }
    cut(cluster, new Network.Cut(victim.map(Member::name), broker, way(random)), random, patient);
    return true;
  }

  static boolean broker(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Integer> broker = anyBroker(cluster, random);
    if (broker.isEmpty()) {
      return false;
    }
    cut(cluster, new Network.Cut(Optional.empty(), broker, way(random)), random, patient);
    return true;
  }

  private static Optional<Integer> anyBroker(Cluster cluster, SplittableRandom random) {
    return ServiceFaults.any(cluster.of(Cluster.BROKER), random).map(Cluster::number);
  }

  private static Network.Way way(SplittableRandom random) {
    return random.nextBoolean() ? Network.Way.SILENT : Network.Way.RESET;
  }

  /** For less than a session, or for more. */
  private static void cut(
      Cluster cluster, Network.Cut cut, SplittableRandom random, boolean patient)
      throws InterruptedException {
    cluster.network().cut(cut);
    TimeUnit.MILLISECONDS.sleep(1000 + random.nextInt(patient ? 30_000 : 8000));
    cluster.network().heal(cut);
  }
}
