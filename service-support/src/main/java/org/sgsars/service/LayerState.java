package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.sgsars.contract.wire.WireException;

/**
 * One layer of one run, as one service follows it.
 *
 * @param <R> the service's input record
 */
public interface LayerState<R> {
  /**
   * Takes the next record in order and sends what follows from it.
   *
   * @throws WireException if the record contradicts the run; the layer cannot go on then
   */
  void apply(R record, LayerOutput output) throws WireException;

  void save(DataOutput out) throws IOException;

  void restore(DataInput in) throws IOException;

  /** Takes the records that follow from a layer's record. */
  @FunctionalInterface
  interface LayerOutput {
    /**
     * @throws WireException if the record is larger than Kafka takes
     */
    void send(byte[] value) throws WireException;
  }
}
