package org.sgsars.producer.kafka;

import java.util.Comparator;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.log.LogAdmin;
import org.sgsars.model.RunPlan;
import org.sgsars.service.KafkaRunCatalog;
import org.sgsars.service.PipelineLog;

/**
 * Runs that were announced and are not sent to their end, so that a producer that was killed sends
 * the same run on, on whatever machine it is started again.
 */
public final class UnfinishedRuns {
  private UnfinishedRuns() {}

  /**
   * The youngest run that is the same but for its name and time, and of which the broker knows how
   * far it was sent; that is deleted when a run is sent to its end.
   *
   * @param log whose topics are there
   * @return its name, without the number of an attempt
   */
  public static Optional<String> like(RunPlan plan, PipelineLog log) {
    TopicPartition whole = SentProgress.ofWhole(log);
    try (KafkaRunCatalog runs = new KafkaRunCatalog(log);
        LogAdmin admin = log.admin()) {
      return runs.plans()
          .filter(other -> plan.isSameRun(other.withName(plan.run())))
          .sorted(
              Comparator.comparingLong(RunPlan::createdAtMs)
                  .thenComparingInt(other -> RunPlan.attemptOf(other.run()))
                  .thenComparing(RunPlan::run)
                  .reversed())
          .filter(other -> admin.committed(log.sentGroup(other.run())).containsKey(whole))
          .map(other -> RunPlan.nameOf(other.run()))
          .findFirst();
    }
  }
}
