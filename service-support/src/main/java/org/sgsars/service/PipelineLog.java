package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.sgsars.contract.wire.Topics;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.Backlog;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;
import org.sgsars.log.TopicInfo;
import org.sgsars.model.RunPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as the services use it: its clients, the names of this pipeline's topics and groups in
 * it, and the time that goes with it. Which log it is, Kafka or one in memory, nobody behind this
 * knows.
 */
public final class PipelineLog {
  /** Largest record: a chunk of gradients, or a part of a wear report, and room to spare. */
  public static final int MAX_RECORD_BYTES = 16 << 20;

  /** A topic that was made may take a moment to be seen by all brokers. */
  static final Duration MAKING = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private static final Duration DELETING = Duration.ofSeconds(15);
  private static final Logger LOG = LoggerFactory.getLogger(PipelineLog.class);

  private static final long PASSING_DATA_MS = Duration.ofDays(7).toMillis();

  /**
   * How far a record's time may lie in the broker's future. Kafka's own hour is less than two
   * clocks differ by that are an hour off.
   */
  private static final long CLOCKS_DIFFER_MS = Duration.ofDays(1).toMillis();

  /** What is deleted in a topic leaves the disk with its segment. */
  private static final Map<String, String> SNAPSHOTS =
      Map.of(
          TopicConfig.RETENTION_MS_CONFIG,
          "-1",
          TopicConfig.RETENTION_BYTES_CONFIG,
          "-1",
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_DELETE,
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(64 << 20),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(MAX_RECORD_BYTES),
          TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
          Long.toString(CLOCKS_DIFFER_MS));

  private final LogClients clients;
  private final TimeSource time;
  private final String prefix;
  private final int partitions;
  private final int replicationFactor;
  private final Topics topics;

  /**
   * @param prefix put before the name of every topic and group
   * @param partitions of the topics that are made here
   * @param replicationFactor of the topics that are made here; -1 for the cluster's default
   */
  public PipelineLog(
      LogClients clients, TimeSource time, String prefix, int partitions, int replicationFactor) {
    this.clients = clients;
    this.time = time;
    this.prefix = prefix;
    this.partitions = partitions;
    this.replicationFactor = replicationFactor;
    this.topics = new Topics(prefix);
  }

  /** The log that a Kafka cluster has, with this machine's time. */
  public static PipelineLog onKafka(KafkaSettings settings) {
    return onKafka(settings, Duration.ZERO);
  }

  /**
   * The same on a machine whose clock is wrong, for tests of that.
   *
   * @param clockOffset how far the clock goes ahead; negative if it is behind
   */
  public static PipelineLog onKafka(KafkaSettings settings, Duration clockOffset) {
    return new PipelineLog(
        new KafkaClients(settings, clockOffset),
        clockOffset.isZero() ? TimeSource.SYSTEM : TimeSource.SYSTEM.ahead(clockOffset),
        settings.topicPrefix(),
        settings.partitions(),
        settings.replicationFactor());
  }

  public Topics topics() {
    return topics;
  }

  /** Where it is, for people. */
  public String place() {
    return clients.place();
  }

  /** What should wait in it. */
  public Backlog backlog() {
    return clients.backlog();
  }

  public TimeSource time() {
    return time;
  }

  public LogAdmin admin() {
    return clients.admin();
  }

  /** See {@link LogClients#producer}. */
  public Producer<String, byte[]> producer(Duration linger) {
    return clients.producer(linger);
  }

  /** A member of a service's group. */
  public org.apache.kafka.clients.consumer.Consumer<byte[], ByteBuffer> groupConsumer(
      String service) {
    return clients.groupConsumer(group(service));
  }

  /** See {@link LogClients#readAllConsumer}. */
  public org.apache.kafka.clients.consumer.Consumer<String, byte[]> readAllConsumer() {
    return clients.readAllConsumer();
  }

  /** Name of a service's consumer group. */
  public String group(String service) {
    return prefix + service;
  }

  /**
   * Name of the group whose offset is how far a run was sent.
   *
   * @param run with the number of its attempt
   */
  public String sentGroup(String run) {
    return group("gradient-producer." + run);
  }

  /**
   * Name of a training's snapshots. The identity of the topic of weights is in it: a training on
   * topics that were made anew does not begin with what there was before.
   *
   * @param run with the number of its attempt
   */
  public String trainingState(String run) {
    return trainingState(topicId(topics.weights()), run);
  }

  private static String trainingState(String weightsId, String run) {
    return "training-" + weightsId + "-" + run;
  }

  /**
   * The topics of the snapshots of attempts' trainings, whether they are there or not: each
   * attempt's by a producer, and each run's by the Python package.
   */
  public List<String> trainingSnapshots(List<String> attempts) {
    String weightsId = topicId(topics.weights());
    return attempts.stream()
        .flatMap(
            run ->
                Stream.of(
                    trainingSnapshots(trainingState(weightsId, run)),
                    topics.snapshots("sgsars-" + RunPlan.nameOf(run))))
        .distinct()
        .toList();
  }

  /** The topic of a training's snapshots, where they are kept in the log. */
  public String trainingSnapshots(String trainingState) {
    // Names of runs have no second point behind one but by hand, and then it is the same training.
    return topics.snapshots(trainingState.replace("~", ".."));
  }

  /**
   * Waits for the broker.
   *
   * @throws ServiceException if none answers in time
   */
  public void awaitBroker() {
    clients.awaitBroker();
  }

  /**
   * Waits for the broker, then makes the topics that are missing.
   *
   * @return the number of partitions, the same for all topics
   * @throws ServiceException if no broker answers in time, or if topics that exist differ in their
   *     number of partitions
   */
  public int prepareTopics() {
    clients.awaitBroker();
    try (LogAdmin admin = clients.admin()) {
      Map<String, TopicInfo> existing =
          asked("looking at the topics", () -> admin.describeTopics(topics.all()));
      int count =
          topics.all().stream()
              .flatMap(name -> Optional.ofNullable(existing.get(name)).stream())
              .mapToInt(TopicInfo::partitions)
              .findFirst()
              .orElse(partitions);
      List<NewTopic> missing =
          topics.all().stream()
              .filter(name -> !existing.containsKey(name))
              .map(name -> newTopic(name, count))
              .toList();
      asked(
          "making topics",
          () -> {
            admin.createTopics(missing);
            return missing;
          });
      for (TopicInfo topic : awaitTopics(admin, topics.all()).values()) {
        if (topic.partitions() != count) {
          throw new ServiceException(
              "Topic %s has %d partitions and another has %d; all topics must have the same number: delete them or choose another topic prefix"
                  .formatted(topic.name(), topic.partitions(), count));
        }
      }
      return count;
    }
  }

  /** How many partitions a topic has. */
  public int partitions(String topic) {
    return describe(topic).partitions();
  }

  /**
   * Makes a topic for snapshots, if it is not there.
   *
   * @return its identity
   * @throws ServiceException if it is there with another number of partitions
   */
  Uuid prepareSnapshots(LogAdmin admin, String name, int count) {
    Optional<TopicInfo> found = topic(admin, name);
    if (found.isEmpty()) {
      NewTopic topic = new NewTopic(name, count, (short) replicationFactor).configs(SNAPSHOTS);
      found =
          Optional.of(
              awaitTopic(
                  name,
                  MAKING,
                  () -> {
                    // Each time, as somebody may delete it meanwhile.
                    asked(
                        "making topic " + name,
                        () -> {
                          admin.createTopics(List.of(topic));
                          return topic;
                        });
                    return topic(admin, name);
                  }));
    }
    if (found.get().partitions() != count) {
      throw new ServiceException(
          "Topic %s has %d partitions and the input of its service has %d; delete topic %s, then runs begin anew whose records are gone"
              .formatted(name, found.get().partitions(), count, name));
    }
    return found.get().id();
  }

  /** Deletes topics of snapshots, as far as they are there and the log does it now. */
  public void deleteSnapshots(LogAdmin admin, List<String> names) {
    try {
      List<String> found = List.copyOf(admin.describeTopics(names).keySet());
      if (!found.isEmpty()) {
        admin.deleteTopics(found, DELETING);
      }
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      LOG.info("Topics {} of snapshots stay: {}", names, FailureReason.of(e));
    }
  }

  private Optional<TopicInfo> topic(LogAdmin admin, String name) {
    return asked(
        "looking at topic " + name,
        () -> Optional.ofNullable(admin.describeTopics(List.of(name)).get(name)));
  }

  private NewTopic newTopic(String name, int count) {
    boolean passing =
        name.equals(topics.gradients())
            || name.equals(topics.updates())
            || name.equals(topics.rowWrites())
            || name.equals(topics.rowWear())
            || name.equals(topics.tileWear())
            || name.equals(topics.weights())
            || name.equals(topics.cellFailures());
    return new NewTopic(name, count, (short) replicationFactor)
        .configs(
            Map.of(
                TopicConfig.RETENTION_MS_CONFIG,
                passing ? Long.toString(PASSING_DATA_MS) : "-1",
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(MAX_RECORD_BYTES),
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                Long.toString(CLOCKS_DIFFER_MS)));
  }

  /** A topic's identity: another, when it is made anew under the old name. */
  public String topicId(String topic) {
    return describe(topic).id().toString();
  }

  private TopicInfo describe(String topic) {
    try (LogAdmin admin = clients.admin()) {
      return awaitTopic(topic, MAKING, () -> topic(admin, topic));
    }
  }

  /** All of some topics, when the broker that is asked knows them. */
  private Map<String, TopicInfo> awaitTopics(LogAdmin admin, List<String> names) {
    Map<String, TopicInfo> found = new TreeMap<>();
    for (String name : names) {
      awaitTopic(
          name,
          MAKING,
          () -> {
            if (!found.containsKey(name)) {
              found.putAll(asked("looking at the topics", () -> admin.describeTopics(names)));
            }
            return Optional.ofNullable(found.get(name));
          });
    }
    return found;
  }

  /**
   * Waits for a topic that exists already, or should.
   *
   * @param wait how long at most
   * @param look what a broker knows of it by now
   * @throws ServiceException if it does not exist
   */
  <T> T awaitTopic(String name, Duration wait, Supplier<Optional<T>> look) {
    long since = time.nanos();
    Optional<T> found = look.get();
    while (found.isEmpty()) {
      if (time.nanos() - since >= wait.toNanos()) {
        throw new ServiceException(
            wait.isZero()
                ? "Topic %s does not exist; services create it, their topic prefix before its name"
                    .formatted(name)
                : "Topic %s does not exist, also after %d s".formatted(name, wait.toSeconds()));
      }
      time.pause(BETWEEN_LOOKS.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        throw new ServiceException("Stopped while waiting for topic " + name);
      }
      found = look.get();
    }
    return found.get();
  }

  private static <T> T asked(String doing, Supplier<T> question) {
    try {
      return question.get();
    } catch (org.apache.kafka.common.errors.InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      throw new ServiceException("Kafka failed while " + doing + ": " + FailureReason.of(e), e);
    }
  }
}
