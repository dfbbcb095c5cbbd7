package org.sgsars.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The services of a release and of the one before on one cluster, during a run: docs/SERVICES.md
 * has how people do it.
 */
final class RollingUpgradeIT {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXPERIMENT = PROJECT.resolve("chaos/upgrade.yml");
  private static final Path KEPT = PROJECT.resolve("chaos/target/older");

  /** What the schemas and golden files of 0.1.0 are of. */
  private static final String COMMIT = "1b37f4256f5cdab28de61a10c3f4d8c79d20c822";

  private static final long ITERATIONS = 4_000;

  /** Of the last stage's input between two steps of an upgrade: those of 100 iterations. */
  private static final long RECORDS = 100 * 5 * 5;

  private static final String LAST = "crossbar-sim";
  private static final List<String> SERVICES =
      List.of(Cluster.PRODUCER, "sgs-service", "ars-controller", LAST, Cluster.ANALYZER);

  private static final String RUN = "upgraded";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private Path folder = Path.of("");

  @Test
  void upgrade_thereAndBackAndThereDuringARun_sameReport() throws Exception {
    Path before = OlderRelease.folder(PROJECT, KEPT, COMMIT);
    String expected = Main.undisturbed(EXPERIMENT, ITERATIONS, folder.resolve("undisturbed"));
    ClusterShape shape = new ClusterShape(1, ClusterShape.Store.FOLDER);
    try (Cluster cluster = new Cluster(before, folder.resolve("cluster"), shape, List.of())) {
      cluster.produce(EXPERIMENT, RUN, ITERATIONS);
      await(
          cluster,
          "the release before at work",
          () ->
              SERVICES.stream().noneMatch(service -> cluster.of(service).isEmpty())
                  && areAtWork(cluster, cluster.services()));

      upgrade(cluster, PROJECT);
      upgrade(cluster, before);
      upgrade(cluster, PROJECT);

      assertThat(cluster.report(RUN)).as("report before the last upgrade is over").isEmpty();
      await(cluster, "report", () -> cluster.report(RUN).isPresent());
      String report = Files.readString(cluster.report(RUN).orElseThrow());
      assertThat(ChaosRun.timeless(report)).isEqualTo(expected);
    }
  }

  /**
   * Instances of both releases share the work of each service, then those of the first leave. While
   * processes start the producer is held, so that the run is not over before.
   */
  private static void upgrade(Cluster cluster, Path to) throws Exception {
    Member producer = cluster.of(Cluster.PRODUCER).get(0);
    producer.signal("STOP");
    List<Member> leaving =
        cluster.services().stream().filter(member -> !isProducer(member)).toList();
    List<Member> coming = new ArrayList<>();
    for (String service : leaving.stream().map(Cluster::service).distinct().toList()) {
      coming.add(cluster.add(service, to));
    }
    await(cluster, "both releases at work", () -> areAtWork(cluster, coming));
    producer.signal("CONT");
    awaitRecords(cluster);
    Member next = cluster.replaceProducer(producer, to);
    for (Member member : leaving) {
      cluster.remove(member);
    }
    await(cluster, "producer", next::isRunning);
    awaitRecords(cluster);
  }

  private static void awaitRecords(Cluster cluster) throws Exception {
    long before = cluster.admin().committed(LAST);
    await(cluster, "progress", () -> cluster.admin().committed(LAST) >= before + RECORDS);
  }

  private static boolean isProducer(Member member) {
    return Cluster.service(member).equals(Cluster.PRODUCER);
  }

  private static boolean areAtWork(Cluster cluster, List<Member> members)
      throws InterruptedException {
    for (Member member : members) {
      String service = Cluster.service(member);
      boolean isAtWork =
          Cluster.STAGES.contains(service)
              ? cluster.admin().hasPartitions(service, member.name())
              : member.isRunning();
      if (!isAtWork) {
        return false;
      }
    }
    return true;
  }

  private static void await(Cluster cluster, String what, Callable<Boolean> condition)
      throws IOException {
    try {
      Awaitility.await(what).atMost(TIMEOUT).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("No %s: %s".formatted(what, cluster.lastWords()), e);
    }
  }
}
