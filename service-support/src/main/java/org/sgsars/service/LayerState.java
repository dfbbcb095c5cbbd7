package org.sgsars.service;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.sgsars.contract.wire.WireException;

/**
 * One layer of one run, as one service follows it. Whatever a method throws but {@link #close},
 * which must not, ends the layer, with a letter; other layers and runs go on.
 *
 * @param <R> the service's input record
 */
public interface LayerState<R> {
  /**
   * Whether the next record in order can be applied, or has to wait for shared records. May be
   * asked again and again; what it sends, it sends once.
   *
   * @throws WireException if the layer cannot go on
   */
  default boolean isReady(R record, LayerOutput output) throws WireException {
    return true;
  }

  /**
   * Takes the next record in order and sends what follows from it.
   *
   * @throws WireException if the record contradicts the run; the layer cannot go on then
   */
  void apply(R record, LayerOutput output) throws WireException;

  /** The layer has ended, or its partition was revoked. */
  default void close() {}

  void save(DataOutput out) throws IOException;

  void restore(DataInput in) throws IOException;

  /** Takes the records that follow from a layer's record. */
  @FunctionalInterface
  interface LayerOutput {
    /**
     * @throws WireException if the record is larger than Kafka takes
     */
    void send(byte[] value) throws WireException;

    /**
     * Sends to the layers of the run instead of to the next service.
     *
     * @param topic full name of a shared topic
     * @throws WireException if the record is larger than Kafka takes
     */
    default void share(String topic, byte[] value) throws WireException {
      throw new WireException("nothing is shared here");
    }

    /**
     * Ends the layer in some of the scenarios that the record is of; in the others it goes on. To
     * end it in all, throw. The iteration of the record is not done in those that end.
     *
     * @param scenarios indices in the run's plan
     * @param reason for people
     */
    default void end(List<Integer> scenarios, String reason) {
      throw new IllegalStateException(reason);
    }
  }
}
