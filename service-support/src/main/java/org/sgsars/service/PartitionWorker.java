package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Works on one partition's records, in order. Used by one thread, except for {@link #progress()}.
 * Same records, same output: no clock, no hash order, no randomness but from the run's seed.
 */
public interface PartitionWorker {
  /**
   * What has to wait for shared records: one layer, while the others of the partition go on.
   *
   * @param subject distinguishes it from others of the run
   */
  record Waiting(String run, Object subject) {}

  /**
   * @param value the record's bytes; a view that is good for this call only, and is not changed
   * @param again whether it was offered before and had to wait
   * @return if this record has to wait, what waits with it: all later records of the same are to be
   *     offered again after it, in their order
   * @throws BadRecordException if the record cannot be used; the worker continues with the next
   */
  Optional<Waiting> process(ByteBuffer value, boolean again, Output output)
      throws BadRecordException;

  /**
   * What this waits for will never come, as its run was aborted. Its records are skipped from here
   * on, until the one it waited with comes again, because the run is resumed after all.
   */
  default void abandon(Waiting waiting) {}

  /**
   * Told if records are gone that it has not read: its state is, and those from before the first it
   * will see, or they were deleted before they came. Runs that are announced by now may come to it
   * in their middle.
   */
  default void onGap() {}

  /** The runs that cannot be resumed, as what came before is gone; each returned once. */
  default Set<String> drainLostRuns() {
    return Set.of();
  }

  /** A run is retired, in this one of its attempts: everything of it is evicted. */
  default void evict(String run) {}

  /** The partition was revoked. */
  default void close() {}

  /** Writes everything that {@link #restore} needs to go on after the last processed record. */
  void save(DataOutput out) throws IOException;

  /** Reads what {@link #save} wrote into this fresh worker. */
  void restore(DataInput in) throws IOException;

  /** How far each layer is. May be called from any thread at any time. */
  List<LayerProgress> progress();

  /**
   * @param run the run
   * @param stream index of the sparsifier or scenario, as the service's input has it; 0 where it
   *     has neither
   * @param layer index of the layer
   * @param iterations iterations done
   * @param state {@code running}, {@code finished} or {@code ended} (by a record that could not be
   *     used)
   */
  record LayerProgress(String run, int stream, int layer, long iterations, String state) {}
}
