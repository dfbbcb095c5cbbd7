package org.sgsars.service;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.Backlog;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;

/** Makes Kafka clients with the settings this system needs. */
public final class KafkaClients implements LogClients {
  private static final int FETCH_BYTES = 32 << 20;
  private static final int PARTITION_FETCH_BYTES = 8 << 20;
  private static final int PRODUCER_BUFFER_BYTES = 64 << 20;
  private static final int BATCH_BYTES = (1 << 20) + (64 << 10);
  private static final int SESSION_MS = 10_000;

  /**
   * How long a member may restore and save between two polls. Far above {@link #TIMEOUT_MS}, which
   * each of these may wait: who leaves its group meanwhile restores all over again, without end.
   * That a member is gone shows by its session.
   */
  private static final int BETWEEN_POLLS_MS = (int) TimeUnit.MINUTES.toMillis(30);

  /** A broker that is away for minutes costs time and nothing else. */
  private static final int TIMEOUT_MS = (int) TimeUnit.MINUTES.toMillis(10);

  private static final Duration CALL = Duration.ofSeconds(15);

  /** For each step of looking why no broker answers. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  private final KafkaSettings settings;
  private final Duration clockOffset;

  public KafkaClients(KafkaSettings settings) {
    this(settings, Duration.ZERO);
  }

  /**
   * @param clockOffset of the times that records get, as on a machine whose clock is wrong
   */
  KafkaClients(KafkaSettings settings, Duration clockOffset) {
    this.settings = settings;
    this.clockOffset = clockOffset;
  }

  @Override
  public Backlog backlog() {
    return Backlog.ON_DISK;
  }

  @Override
  public String place() {
    return settings.bootstrapServers();
  }

  @Override
  public LogAdmin admin() {
    Properties properties = common();
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL.toMillis());
    return new KafkaLogAdmin(make(() -> Admin.create(properties)));
  }

  /** Acknowledged by all replicas, idempotent. */
  @Override
  public Producer<String, byte[]> producer(Duration linger) {
    Properties properties = producerProperties(linger);
    return make(
        () ->
            clockOffset.isZero()
                ? new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())
                : new KafkaProducerOfClock(properties, TimeSource.SYSTEM.ahead(clockOffset)));
  }

  /** Gives records the time of a clock that Kafka's client does not know. */
  private static final class KafkaProducerOfClock extends KafkaProducer<String, byte[]> {
    private final TimeSource time;

    KafkaProducerOfClock(Properties properties, TimeSource time) {
      super(properties, new StringSerializer(), new ByteArraySerializer());
      this.time = time;
    }

    @Override
    public Future<RecordMetadata> send(
        ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
      return super.send(
          new ProducerRecord<>(
              record.topic(),
              record.partition(),
              record.timestamp() == null ? Long.valueOf(time.millis()) : record.timestamp(),
              record.key(),
              record.value(),
              record.headers()),
          callback);
    }
  }

  /** The settings of {@link #producer}. */
  public Properties producerProperties(Duration linger) {
    Properties properties = common();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MS);
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, (int) linger.toMillis());
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.putIfAbsent(ProducerConfig.SEND_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE);
    properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, PRODUCER_BUFFER_BYTES);
    properties.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, PipelineLog.MAX_RECORD_BYTES + (1 << 20));
    return properties;
  }

  @Override
  public Consumer<byte[], ByteBuffer> groupConsumer(String group) {
    Properties properties = groupProperties(group);
    return make(() -> new KafkaConsumer<>(properties, bytes(), new ByteBufferDeserializer()));
  }

  /** The settings of {@link #groupConsumer}. */
  Properties groupProperties(String group) {
    Properties properties = consumerProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    String instance = settings.properties().get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    if (instance != null) {
      properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    }
    // Partitions that stay where they are go on while others move.
    properties.putIfAbsent(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    // How long a killed instance's partitions wait for another one.
    properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, BETWEEN_POLLS_MS);
    return properties;
  }

  @Override
  public Consumer<String, byte[]> readAllConsumer() {
    return make(() -> new KafkaConsumer<>(consumerProperties(), new StringDeserializer(), bytes()));
  }

  private Properties consumerProperties() {
    Properties properties = common();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
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
    // A name in a group is for the one consumer that is in one.
    properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
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
   * Waits for the broker.
   *
   * @throws ServiceException if none answers in time
   */
  @Override
  public void awaitBroker() {
    try (LogAdmin admin = admin()) {
      awaitBroker(admin);
    }
  }

  private void awaitBroker(LogAdmin admin) {
    long begin = System.nanoTime();
    try {
      admin.awaitBrokers(settings.brokerWait());
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (RuntimeException e) {
      throw noBroker(e, Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  private ServiceException noBroker(RuntimeException e, Duration waited) {
    if (e instanceof AuthenticationException) {
      return new ServiceException(
          "The Kafka broker at %s does not accept this client: %s; check the security settings of the Kafka clients"
              .formatted(settings.bootstrapServers(), e.getMessage()),
          e);
    }
    String said = FailureReason.of(e);
    return new ServiceException(
        "No Kafka broker can be used at %s (waited %d s): %s"
            .formatted(
                settings.bootstrapServers(),
                Math.round(waited.toMillis() / 1000.0),
                new BrokerDiagnosis(common(), PROBE_TIMEOUT)
                    .problem()
                    .orElse(
                        "it can be reached now, and Kafka's client says: " + said + "; try again")),
        e);
  }
}
