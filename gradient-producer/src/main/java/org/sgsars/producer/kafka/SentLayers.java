package org.sgsars.producer.kafka;

import java.util.List;
import org.sgsars.model.RunPlan;

/**
 * The layers of an attempt that a producer sends, and the partitions that they go to.
 *
 * @param partitions of each topic
 */
record SentLayers(RunPlan attempt, Shard shard, int partitions) {
  /** Their indices in the plan, ascending. */
  List<Integer> indices() {
    return shard.layers(attempt.layers().size());
  }

  /** The partition of the records of one of them. */
  int partition(int layer) {
    return shard.partition(attempt.run(), layer, partitions);
  }
}
