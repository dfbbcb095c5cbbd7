package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.sgsars.failure.ServiceException;

/**
 * Keeps snapshots: states with the offset of the input record that comes next, the two newest of
 * each key. The state at an offset is the same whoever computed it, so it does not matter which
 * instance saved it, and a late writer does no harm. A snapshot is of use when it is whole, and not
 * before.
 *
 * <p>{@link #draft} and {@link #restore} are for one thread, {@link Draft#publish} for any.
 */
public interface SnapshotStore extends AutoCloseable {
  /** Version of what snapshots hold; one of another version is skipped. */
  int FORMAT = 6;

  /** What a restore may fall back on, the newest among them. */
  int KEPT = 2;

  /**
   * What snapshots are of.
   *
   * @param name unique in the store; letters, digits, {@code . _ - ~}
   * @param partition number of the input's partition, from 0
   */
  record Key(String name, int partition) {}

  /** Writes a state. */
  @FunctionalInterface
  interface Saver {
    void save(DataOutput out) throws IOException;
  }

  /** Reads a state. */
  @FunctionalInterface
  interface Restorer {
    void restore(DataInput in) throws IOException;
  }

  /** Reads a state into an object. */
  @FunctionalInterface
  interface Reader<T> {
    void restore(T state, DataInput in) throws IOException;
  }

  /**
   * A state that was saved.
   *
   * @param state what was saved
   * @param offset the next input record
   * @param oldestKept see {@link Draft#publish}
   */
  record Restored<T>(T state, long offset, long oldestKept) {}

  /** A snapshot that no restart sees yet. */
  interface Draft {
    /**
     * Makes it the snapshot that a restart begins with, even after a power failure. From any
     * thread.
     *
     * @return from which input record on one is needed if the newest snapshot is spoiled: the
     *     offset of the one before, or 0 if there is none
     * @throws ServiceException if it cannot be kept
     */
    long publish();

    /** Of the state. */
    long bytes();
  }

  /**
   * Writes a state as it is after all input records before {@code offset}. It counts when it is
   * published.
   *
   * @throws ServiceException if it cannot be written, such as when a disk is full
   */
  Draft draft(Key key, long offset, Saver saver);

  /**
   * Restores the newest whole snapshot, or an older one if that is spoiled.
   *
   * @param least the least offset that is of use; snapshots below it are skipped
   * @param fresh makes an empty state to restore into, once per attempt
   * @return empty if there is none
   * @throws ServiceException if a whole snapshot cannot be read or used: starting over in silence
   *     would throw good state away
   */
  <T> Optional<Restored<T>> restore(Key key, long least, Supplier<T> fresh, Reader<T> reader);

  /** Removes the snapshots of a key that nobody needs any more, as far as they can be removed. */
  void delete(Key key);

  /** Where they are, for people. */
  @Override
  String toString();

  /** Publishes nothing; drafts that are not published fail. */
  @Override
  void close();
}
