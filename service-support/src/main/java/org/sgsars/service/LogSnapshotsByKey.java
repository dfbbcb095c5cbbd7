package org.sgsars.service;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Snapshots as records of a log, with a topic of one partition for each key, which goes with it.
 */
public final class LogSnapshotsByKey implements SnapshotStore {
  private final PipelineLog log;
  private final Function<Key, String> topicOf;
  private final Map<Key, LogSnapshots> stores = new ConcurrentHashMap<>();

  /**
   * @param topicOf the topic of a key; no two have the same
   */
  public LogSnapshotsByKey(PipelineLog log, Function<Key, String> topicOf) {
    this.log = log;
    this.topicOf = topicOf;
  }

  private LogSnapshots of(Key key) {
    return stores.computeIfAbsent(key, of -> new LogSnapshots(log, topicOf.apply(of), 1));
  }

  @Override
  public Draft draft(Key key, long offset, Saver saver) {
    return of(key).draft(key, offset, saver);
  }

  @Override
  public <T> Optional<Restored<T>> restore(
      Key key, long least, Supplier<T> fresh, Reader<T> reader) {
    return of(key).restore(key, least, fresh, reader);
  }

  @Override
  public void delete(Key key) {
    LogSnapshots store = of(key);
    store.delete(key);
    store.close();
    stores.remove(key);
  }

  @Override
  public String toString() {
    return "a topic for each training";
  }

  @Override
  public void close() {
    stores.values().forEach(LogSnapshots::close);
  }
}
