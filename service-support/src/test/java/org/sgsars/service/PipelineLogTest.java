package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;

/** Names of topics, and topics that brokers do not know yet. */
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

  /** A broker that learns of a topic when it was asked some times, as one of a cluster may. */
  private LogClients learning(int looks) {
    AtomicInteger left = new AtomicInteger(looks);
    InvocationHandler late =
        (proxy, method, arguments) -> {
          try {
            Object answer = method.invoke(log.clients().admin(), arguments);
            boolean isLook = method.getName().equals("describeTopics");
            return isLook && left.getAndDecrement() > 0 ? Map.of() : answer;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (LogClients)
        proxy(
            LogClients.class,
            (proxy, method, arguments) ->
                method.getName().equals("admin")
                    ? proxy(LogAdmin.class, late)
                    : method.invoke(log.clients(), arguments));
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5})
  void prepareTopics_brokerLearnsOfThemLate_waitsUntilItKnowsAll(int looks) {
    PipelineLog late = new PipelineLog(learning(looks), time, "test.", 3, 1);

    assertThat(late.prepareTopics()).isEqualTo(3);
    assertThat(late.topicId("test.runs")).isEqualTo(pipeline.topicId("test.runs"));
    // The first look is before they are made.
    assertThat(time.nanos()).isEqualTo(Math.max(0, looks - 1) * Duration.ofMillis(50).toNanos());
  }

  @Test
  void topicId_brokerNeverLearnsOfIt_saysSoAfterHalfAMinute() {
    PipelineLog late = new PipelineLog(learning(Integer.MAX_VALUE), time, "test.", 3, 1);

    assertThatThrownBy(() -> late.topicId("test.runs"))
        .isInstanceOf(ServiceException.class)
        .hasMessage("Topic test.runs does not exist, also after 30 s");
  }

  /** Somebody makes it a second after it was first looked for. */
  @Test
  void topicReader_topicIsMadeLater_readsIt() {
    TimeSource making =
        new TimeSource() {
          @Override
          public long nanos() {
            return time.nanos();
          }

          @Override
          public long millis() {
            return time.millis();
          }

          @Override
          public void pause(long nanos) {
            time.pause(nanos);
            if (time.nanos() >= Duration.ofSeconds(1).toNanos()) {
              pipeline.prepareTopics();
            }
          }
        };
    PipelineLog late = new PipelineLog(log.clients(), making, "test.", 1, 1);
    List<String> read = new ArrayList<>();

    try (TopicReader reader = new TopicReader(late, List.of("test.runs"))) {
      try (Producer<String, byte[]> producer = pipeline.producer(Duration.ZERO)) {
        producer.send(new ProducerRecord<>("test.runs", 0, "key", new byte[1]));
      }
      reader.readToEnd(record -> read.add(record.key()));
    }

    assertThat(read).containsExactly("key");
  }
}
