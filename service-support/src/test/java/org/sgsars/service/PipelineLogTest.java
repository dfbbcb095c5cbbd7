package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;

/** Names of topics. */
final class PipelineLogTest {
  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final PipelineLog pipeline = new PipelineLog(log.clients(), time, "test.", 1, 1);

  @Test
  void trainingSnapshots_attemptsOfTwoRuns_haveOneOfEachAttemptAndOneOfEachRun() {
    pipeline.prepareTopics();
    String weights = pipeline.topicId("test.weights");

    List<String> found = pipeline.trainingSnapshots(List.of("one", "one~1", "other"));

    assertThat(found)
        .containsExactly(
            "test.snapshots-training-" + weights + "-one",
            "test.snapshots-sgsars-one",
            "test.snapshots-training-" + weights + "-one..1",
            "test.snapshots-training-" + weights + "-other",
            "test.snapshots-sgsars-other");
  }
}
