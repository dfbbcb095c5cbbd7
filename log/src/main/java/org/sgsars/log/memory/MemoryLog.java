package org.sgsars.log.memory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.sgsars.log.Backlog;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;

/**
 * A log in memory. Values are handed from producers to consumers by reference. Records stay until
 * they are deleted: there is no retention. A record is visible as soon as it is sent, whatever the
 * producer's linger, and its callback runs in {@code send}, unless {@link Faults} say otherwise.
 */
public final class MemoryLog {
  private final MemorySettings settings;
  private final TimeSource time;
  private final long idPrefix;
  private final Faults faults;
  private final Waiting waiting;
  private final AtomicLong topicsMade = new AtomicLong();
  private final Map<String, Topic> topics = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, Group> groups = new ConcurrentSkipListMap<>();
  private final Map<TopicPartition, Set<Signal>> readers = new ConcurrentHashMap<>();
  private final List<Signal> clients = new CopyOnWriteArrayList<>();
  private final Assignor assignor;

  private MemoryLog(MemorySettings settings, TimeSource time, long idPrefix, boolean isStepped) {
    this.settings = settings;
    this.time = time;
    this.idPrefix = idPrefix;
    this.faults = new Faults(this);
    this.waiting = isStepped ? new Waiting.Steps(faults) : new Waiting.Threads();
    this.assignor =
        new Assignor(
            settings.cooperative(),
            name -> topic(name).map(topic -> topic.partitions().size()).orElse(0));
  }

  /** A log whose clients have threads of their own: what is not there yet is waited for. */
  public static MemoryLog forThreads() {
    return forThreads(MemorySettings.DEFAULTS, TimeSource.SYSTEM);
  }

  /**
   * The same with other settings.
   *
   * @param time goes by itself
   */
  public static MemoryLog forThreads(MemorySettings settings, TimeSource time) {
    // Another log's topics are other topics, also for who finds snapshots of theirs.
    return new MemoryLog(settings, time, Uuid.randomUuid().getMostSignificantBits(), false);
  }

  /**
   * A log whose clients share one thread. Nothing ever blocks: a poll gives what is there, and a
   * call that cannot be answered fails at once as it would when its time is over. Before that it
   * asks {@link Faults#whenBlocked}.
   *
   * @param time only read, never paused
   */
  public static MemoryLog stepped(MemorySettings settings, TimeSource time) {
    return new MemoryLog(settings, time, 1, true);
  }

  /** Clients on a machine whose clock is the log's. */
  public LogClients clients() {
    return clients(time);
  }

  /**
   * Clients on a machine with a clock of its own.
   *
   * @param clock gives the timestamps of the records that are sent; its {@code nanos} do not count
   */
  public LogClients clients(TimeSource clock) {
    return new Clients(clock);
  }

  /** Names of the groups that exist, in order. */
  public List<String> groups() {
    return groups.entrySet().stream()
        .filter(entry -> entry.getValue().exists())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What goes wrong in this log. */
  public Faults faults() {
    return faults;
  }

  MemorySettings settings() {
    return settings;
  }

  TimeSource time() {
    return time;
  }

  Waiting waiting() {
    return waiting;
  }

  Deadline deadline(Duration timeout) {
    return Deadline.in(time, timeout);
  }

  Optional<Topic> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  Optional<PartitionLog> partition(TopicPartition partition) {
    Topic topic = topics.get(partition.topic());
    return topic == null || partition.partition() >= topic.partitions().size()
        ? Optional.empty()
        : Optional.of(topic.partitions().get(partition.partition()));
  }

  /** Who is signalled when a partition gets a record, also after its topic was made anew. */
  Set<Signal> readers(TopicPartition partition) {
    return readers.computeIfAbsent(partition, p -> new CopyOnWriteArraySet<>());
  }

  /**
   * Creates a topic, unless it exists.
   *
   * @throws InvalidPartitionsException if it is to have none
   */
  void create(NewTopic wanted) {
    int count = wanted.numPartitions() == -1 ? 1 : wanted.numPartitions();
    if (count <= 0) {
      throw new InvalidPartitionsException("Number of partitions was set to an invalid value");
    }
    String name = wanted.name();
    Topic made =
        new Topic(
            name,
            new Uuid(idPrefix, topicsMade.incrementAndGet()),
            maxRecordBytes(wanted),
            IntStream.range(0, count)
                .mapToObj(i -> new TopicPartition(name, i))
                .map(partition -> new PartitionLog(partition, readers(partition)))
                .toList());
    if (topics.putIfAbsent(name, made) == null) {
      groups.values().forEach(group -> group.topicChanged(name, false));
      signalAll();
    }
  }

  private int maxRecordBytes(NewTopic wanted) {
    Map<String, String> configs = wanted.configs();
    String limit = configs == null ? null : configs.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return limit == null ? settings.maxRecordBytes() : Integer.parseInt(limit);
  }

  /** Whether there was such a topic. */
  boolean delete(String name) {
    boolean wasThere = topics.remove(name) != null;
    if (wasThere) {
      groups.values().forEach(group -> group.topicChanged(name, true));
      signalAll();
    }
    return wasThere;
  }

  /** The group of this name, which comes to be by the first one that asks. */
  Group group(String name) {
    return groups.computeIfAbsent(name, n -> new Group(n, settings, time, assignor));
  }

  Optional<Group> existingGroup(String name) {
    return Optional.ofNullable(groups.get(name)).filter(Group::exists);
  }

  /** From now on the client is notified of what changes for all. */
  void add(Signal client) {
    clients.add(client);
  }

  void remove(Signal client) {
    clients.remove(client);
  }

  void signalAll() {
    clients.forEach(Signal::raise);
  }

  private final class Clients implements LogClients {
    private final TimeSource clock;

    Clients(TimeSource clock) {
      this.clock = clock;
    }

    @Override
    public Consumer<byte[], ByteBuffer> groupConsumer(String group) {
      return new MemoryConsumer<>(MemoryLog.this, Optional.of(group(group)), Decoder.BUFFERS);
    }

    @Override
    public Consumer<String, byte[]> readAllConsumer() {
      return new MemoryConsumer<>(MemoryLog.this, Optional.empty(), Decoder.ARRAYS);
    }

    @Override
    public Producer<String, byte[]> producer(Duration linger) {
      return new MemoryProducer(MemoryLog.this, clock);
    }

    @Override
    public LogAdmin admin() {
      return new MemoryAdmin(MemoryLog.this);
    }

    @Override
    public Backlog backlog() {
      return Backlog.inHeap(Runtime.getRuntime().maxMemory());
    }

    @Override
    public String place() {
      return "memory";
    }

    @Override
    public void awaitBroker() {
      // It is there.
    }
  }
}
