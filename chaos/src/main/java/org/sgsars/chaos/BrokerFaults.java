package org.sgsars.chaos;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What happens to brokers and their disks. */
final class BrokerFaults {
  /** Less than any file of a broker has: the next write fails. */
  private static final long NO_ROOM_BYTES = 64;

  private static final long POLL_MS = 100;
  private static final long TO_NOTICE_MS = 10_000;
  private static final long TO_CATCH_UP_MS = 20_000;

  private BrokerFaults() {}

  private static Optional<Member> any(Cluster cluster, SplittableRandom random) {
    return ServiceFaults.any(cluster.of(Cluster.BROKER), random);
  }

  /**
   * One that may end. Of several only while all that there are have everything: where the last that
   * has everything ends without having said so, Kafka waits for one that surely has it, and that
   * may be the one that is lost.
   */
  static Optional<Member> mayEnd(Cluster cluster, SplittableRandom random)
      throws InterruptedException {
    Optional<Member> broker = any(cluster, random);
    return broker.isPresent() && isExpendable(cluster) ? broker : Optional.empty();
  }

  /** Whether any broker may end. */
  static boolean isExpendable(Cluster cluster) throws InterruptedException {
    return !cluster.shape().hasReplicas()
        || cluster.admin().awaitInSync(cluster.brokers(), TO_CATCH_UP_MS);
  }

  /** One that may end with its disk. */
  private static Optional<Member> mayBeLost(Cluster cluster, SplittableRandom random)
      throws InterruptedException {
    return cluster.lacksBroker() ? Optional.empty() : mayEnd(cluster, random);
  }

  static boolean kill(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    Optional<Member> broker = mayEnd(cluster, random);
    if (broker.isPresent()) {
      broker.get().kill();
      broker.get().keepDown(random.nextInt(patient ? 60_000 : 3000));
    }
    return broker.isPresent();
  }

  static boolean restart(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> broker = mayEnd(cluster, random);
    if (broker.isPresent()) {
      broker.get().stop();
    }
    return broker.isPresent();
  }

  static boolean pause(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    return ServiceFaults.pause(
        any(cluster, random), 1000 + random.nextInt(patient ? 60_000 : 3000));
  }

  static boolean slow(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    Optional<Member> broker = any(cluster, random);
    long by = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patient ? 20_000 : 3000);
    while (broker.isPresent() && System.nanoTime() < by) {
      if (!ServiceFaults.pause(broker, 180)) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return broker.isPresent();
  }

  /**
   * Its writes fail, as they do where there is no room; a broker gives up its only folder then, and
   * ends, unless it has nothing to write. When it is started again, there is room.
   */
  static boolean fillDisk(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> broker = mayEnd(cluster, random);
    if (broker.isEmpty() || !broker.get().limitFiles(NO_ROOM_BYTES)) {
      return false;
    }
    int before = broker.get().starts();
    long by = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TO_NOTICE_MS);
    while (broker.get().starts() == before && System.nanoTime() < by) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    if (broker.get().starts() == before) {
      broker.get().stop();
    }
    return true;
  }

  static boolean moveLeaders(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    return cluster.admin().moveLeaders();
  }

  /** Only while the others have all that it has. */
  static boolean replace(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> broker = mayBeLost(cluster, random);
    if (broker.isEmpty()) {
      return false;
    }
    broker.get().replace(random.nextInt(patient ? 30_000 : 3000));
    return true;
  }

  /** Once: two are left, and a record has to be on two. */
  static boolean removeForGood(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    Optional<Member> broker = mayBeLost(cluster, random);
    if (broker.isEmpty()) {
      return false;
    }
    cluster.removeMachine(broker.get());
    return true;
  }
}
