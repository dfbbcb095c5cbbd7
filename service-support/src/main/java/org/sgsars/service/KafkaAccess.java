package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.sgsars.contract.wire.Topics;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;

/** Makes Kafka clients with the settings this system needs, and the topics. */
public final class KafkaAccess {
  /** Largest record: a chunk of gradients, or a part of a wear report, and room to spare. */
  public static final int MAX_RECORD_BYTES = 16 << 20;

  private static final int FETCH_BYTES = 32 << 20;
  private static final int PARTITION_FETCH_BYTES = 8 << 20;
  private static final int PRODUCER_BUFFER_BYTES = 64 << 20;
  private static final int BATCH_BYTES = (1 << 20) + (64 << 10);
  private static final int SESSION_MS = 10_000;

  /** A broker that is away for minutes costs time and nothing else. */
  private static final int PATIENCE_MS = (int) TimeUnit.MINUTES.toMillis(10);

  private static final long PASSING_DATA_MS = TimeUnit.DAYS.toMillis(7);
  private static final Duration CALL = Duration.ofSeconds(15);

  /** Kafka's client says by itself that its time is over, a little later. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** For each step of looking why no broker answers. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final KafkaSettings settings;
  private final Topics topics;

  public KafkaAccess(KafkaSettings settings) {
    this.settings = settings;
    this.topics = new Topics(settings.topicPrefix());
  }

  public Topics topics() {
    return topics;
  }

  public KafkaSettings settings() {
    return settings;
  }

  public Admin admin() {
    Properties properties = common();
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
    return make(() -> Admin.create(properties));
  }

  /**
   * A producer that loses and reorders nothing: acknowledged by all replicas, idempotent.
   *
   * @param linger how long a record waits for others to go with it, unless flushed
   */
  public KafkaProducer<String, byte[]> producer(Duration linger) {
    Properties properties = producerProperties(linger);
    return make(
        () -> new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer()));
  }

  /** The settings of {@link #producer}. */
  public Properties producerProperties(Duration linger) {
    Properties properties = common();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, (int) linger.toMillis());
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.putIfAbsent(ProducerConfig.SEND_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE);
    properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, PRODUCER_BUFFER_BYTES);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES + (1 << 20));
    return properties;
  }

  /**
   * A consumer in the service's group, which commits only when told to. Values are views of what
   * was fetched, and keep all of it.
   */
  public KafkaConsumer<byte[], ByteBuffer> groupConsumer(String service) {
    return memberOf(group(service));
  }

  private KafkaConsumer<byte[], ByteBuffer> memberOf(String group) {
    Properties properties = consumerProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    // How long a killed instance's partitions wait for another one.
    properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
    return make(() -> new KafkaConsumer<>(properties, bytes(), new ByteBufferDeserializer()));
  }

  /** A consumer without a group, for reading whole topics. */
  public KafkaConsumer<String, byte[]> readAllConsumer() {
    return make(() -> new KafkaConsumer<>(consumerProperties(), new StringDeserializer(), bytes()));
  }

  /** All clients of the cluster. Group names are given in full. */
  public LogClients clients() {
    return new LogClients() {
      @Override
      public Consumer<byte[], ByteBuffer> groupConsumer(String group) {
        return memberOf(group);
      }

      @Override
      public Consumer<String, byte[]> readAllConsumer() {
        return KafkaAccess.this.readAllConsumer();
      }

      @Override
      public Producer<String, byte[]> producer(Duration linger) {
        return KafkaAccess.this.producer(linger);
      }

      @Override
      public LogAdmin admin() {
        return new KafkaLogAdmin(KafkaAccess.this.admin());
      }
    };
  }

  /** Name of a service's consumer group. */
  public String group(String service) {
    return settings.topicPrefix() + service;
  }

  /**
   * Name of the group whose offset tells how far a run was sent.
   *
   * @param run with the number of its attempt
   */
  public String sentGroup(String run) {
    return group("gradient-producer." + run);
  }

  private Properties consumerProperties() {
    Properties properties = common();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.putIfAbsent(
        ConsumerConfig.RECEIVE_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE);
    properties.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    return properties;
  }

  private static ByteArrayDeserializer bytes() {
    return new ByteArrayDeserializer();
  }

  private Properties common() {
    Properties properties = new Properties();
    properties.putAll(settings.properties());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "2000");
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  private <T> T make(java.util.function.Supplier<T> maker) {
    try {
      return maker.get();
    } catch (KafkaException e) {
      throw new ServiceException(
          "Kafka clients cannot be set up for '%s': %s"
              .formatted(settings.bootstrapServers(), FailureReason.of(e)),
          e);
    }
  }

  /**
   * Waits for the broker, then makes the topics that are missing.
   *
   * @return the number of partitions, the same for all topics
   * @throws ServiceException if no broker answers in time, or if topics that exist differ in their
   *     number of partitions
   */
  public int prepareTopics() {
    try (Admin admin = admin()) {
      awaitBroker(admin);
      Map<String, TopicDescription> existing = describe(admin);
      int partitions =
          existing.values().stream()
              .mapToInt(topic -> topic.partitions().size())
              .findFirst()
              .orElse(settings.partitions());
      create(admin, existing.keySet(), partitions);
      Map<String, TopicDescription> all = describe(admin);
      for (TopicDescription topic : all.values()) {
        if (topic.partitions().size() != partitions) {
          throw new ServiceException(
              "Topic %s has %d partitions and another has %d; all topics must have the same number: delete them or choose another topic prefix"
                  .formatted(topic.name(), topic.partitions().size(), partitions));
        }
      }
      return partitions;
    }
  }

  /**
   * Waits for the broker.
   *
   * @throws ServiceException if none answers in time
   */
  public void awaitBroker() {
    try (Admin admin = admin()) {
      awaitBroker(admin);
    }
  }

  private void awaitBroker(Admin admin) {
    long begin = System.nanoTime();
    int waitMs = Math.toIntExact(settings.brokerWait().toMillis());
    try {
      // Kafka's own limit is another, and would end the wait before.
      admin
          .describeCluster(new DescribeClusterOptions().timeoutMs(waitMs))
          .nodes()
          .get(waitMs + GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      // Otherwise closing would wait for the call that nobody answers.
      admin.close(Duration.ZERO);
      throw noBroker(e, waited);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private ServiceException noBroker(Exception e, Duration waited) {
    if (e.getCause() instanceof AuthenticationException) {
      return new ServiceException(
          "The Kafka broker at %s does not accept this client: %s; check the security settings of the Kafka clients"
              .formatted(settings.bootstrapServers(), e.getCause().getMessage()),
          e);
    }
    String said = FailureReason.of(e);
    return new ServiceException(
        "No Kafka broker can be used at %s (waited %d s): %s"
            .formatted(
                settings.bootstrapServers(),
                Math.round(waited.toMillis() / 1000.0),
                new BrokerDiagnosis(common(), LOOK)
                    .problem()
                    .orElse(
                        "it can be reached now, and Kafka's client says: " + said + "; try again")),
        e);
  }

  private Map<String, TopicDescription> describe(Admin admin) {
    Map<String, TopicDescription> found = new HashMap<>();
    admin
        .describeTopics(topics.all())
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                found.put(name, description.get());
              } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                  throw failed("looking at topic " + name, e);
                }
              } catch (InterruptedException e) {
                throw interrupted(e);
              }
            });
    return found;
  }

  private void create(Admin admin, Set<String> existing, int partitions) {
    List<NewTopic> missing = new ArrayList<>();
    for (String name : topics.all()) {
      if (!existing.contains(name)) {
        missing.add(newTopic(name, partitions));
      }
    }
    admin
        .createTopics(missing)
        .values()
        .forEach(
            (name, created) -> {
              try {
                created.get();
              } catch (ExecutionException e) {
                // Another service may be making it at the same time.
                if (!(e.getCause() instanceof TopicExistsException)) {
                  throw failed("making topic " + name, e);
                }
              } catch (InterruptedException e) {
                throw interrupted(e);
              }
            });
  }

  private NewTopic newTopic(String name, int partitions) {
    boolean passing =
        name.equals(topics.gradients())
            || name.equals(topics.updates())
            || name.equals(topics.rowWrites())
            || name.equals(topics.rowWear())
            || name.equals(topics.tileWear())
            || name.equals(topics.weights())
            || name.equals(topics.cellFailures());
    NewTopic topic = new NewTopic(name, partitions, (short) settings.replicationFactor());
    return topic.configs(
        Map.of(
            TopicConfig.RETENTION_MS_CONFIG,
            passing ? Long.toString(PASSING_DATA_MS) : "-1",
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            Integer.toString(MAX_RECORD_BYTES)));
  }

  /** A topic's identity: another, when it is made anew under the old name. */
  public String topicId(String topic) {
    try (Admin admin = admin()) {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
          .map(found -> found.topicId().toString())
          .findFirst()
          .orElseThrow(() -> new ServiceException("Topic " + topic + " does not exist"));
    } catch (ExecutionException e) {
      throw failed("looking at topic " + topic, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static ServiceException failed(String doing, ExecutionException e) {
    return new ServiceException("Kafka failed while " + doing + ": " + FailureReason.of(e), e);
  }

  static ServiceException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ServiceException("Stopped while waiting for Kafka", e);
  }
}
