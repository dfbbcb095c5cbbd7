package org.sgsars.analyzer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.core.Retention;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.TopicReader;

/** In which order a run goes. */
final class RetentionCleanerTest {
  private final ManualTime time = new ManualTime(0);
  private final MemoryLog log = MemoryLog.stepped(MemorySettings.DEFAULTS, time);
  private final PipelineLog pipeline = new PipelineLog(log.clients(), time, "", 1, 1);
  private boolean isAway;

  @BeforeEach
  void makeTopics() {
    pipeline.prepareTopics();
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  /** Its topics cannot be looked at while the broker is away. */
  private PipelineLog withBrokerThatGoes() {
    InvocationHandler admin =
        (proxy, method, arguments) -> {
          if (isAway && method.getName().equals("describeTopics")) {
            throw new TimeoutException("no broker answers");
          }
          try {
            return method.invoke(log.clients().admin(), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    LogClients clients =
        (LogClients)
            proxy(
                LogClients.class,
                (proxy, method, arguments) ->
                    method.getName().equals("admin")
                        ? proxy(LogAdmin.class, admin)
                        : method.invoke(log.clients(), arguments));
    return new PipelineLog(clients, time, "", 1, 1);
  }

  private List<String> retired() {
    List<String> runs = new ArrayList<>();
    try (TopicReader reader = new TopicReader(pipeline, List.of("runs"))) {
      reader.readToEnd(record -> runs.add(record.key()));
    }
    return runs;
  }

  /** A run that is retired is not due again, and its topics would stay for ever. */
  @Test
  void retire_brokerIsAway_runIsRetiredOnlyWhenItsTopicsAreGone() {
    String snapshots = pipeline.trainingSnapshots(List.of("r")).get(0);
    log.clients().admin().createTopics(List.of(new NewTopic(snapshots, 1, (short) 1)));
    RetentionCleaner cleaner = new RetentionCleaner(withBrokerThatGoes(), Retention.Times.DEFAULTS);
    isAway = true;

    assertThatThrownBy(() -> cleaner.retire(List.of("r"), List.of("r")))
        .isInstanceOf(ServiceException.class);
    assertThat(retired()).isEmpty();

    isAway = false;
    cleaner.retire(List.of("r"), List.of("r"));
    assertThat(retired()).containsExactly("r");
    assertThat(log.clients().admin().describeTopics(List.of(snapshots))).isEmpty();
  }
}
