package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * Works on one partition's records, in order. Used by one thread, except for {@link #progress()}.
 * Same records, same output: no clock, no hash order, no randomness but from the run's seed.
 */
public interface PartitionWorker {
  /**
   * @param value the record's bytes
   * @return {@code false} if the record has to wait for shared records; it is to be offered again
   *     then, and the partition's later records after it
   * @throws BadRecordException if the record cannot be used; the worker goes on with the next
   */
  boolean process(byte[] value, Output output) throws BadRecordException;

  /** The partition is in other hands now. */
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
