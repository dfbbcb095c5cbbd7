package org.sgsars.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireException;

/**
 * What comes of one record of a layer. It distinguishes what sending threw, which ends the service,
 * from what a policy threw, which ends the layer: a layer's state, and the policies in it, see
 * neither.
 */
final class LayerSending implements LayerState.LayerOutput {
  private final String topic;
  private final String key;
  private final Output output;
  private final Set<Integer> endedScenarios = new TreeSet<>();
  private final List<String> reasons = new ArrayList<>();
  private @Nullable Throwable failure;

  /**
   * @param topic of the next service
   * @param key of the layer's records
   */
  LayerSending(String topic, String key, Output output) {
    this.topic = topic;
    this.key = key;
    this.output = output;
  }

  @Override
  public void send(byte[] value) throws WireException {
    share(topic, value);
  }

  @Override
  public void share(String to, byte[] value) throws WireException {
    if (value.length > PipelineLog.MAX_RECORD_BYTES) {
      throw new WireException(
          "what follows takes a record of %d bytes on %s, more than the %d that fit; write fewer cells per iteration or report selections at shorter intervals"
              .formatted(value.length, to, PipelineLog.MAX_RECORD_BYTES));
    }
    try {
      output.send(to, key, value);
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void end(List<Integer> scenarios, String reason) {
    endedScenarios.addAll(scenarios);
    reasons.add(reason);
  }

  /** Throws what sending threw, even if somebody caught it on the way. */
  void failIfSendingFailed() {
    Throwable known = failure;
    if (known instanceof RuntimeException exception) {
      throw exception;
    }
    if (known instanceof Error error) {
      throw error;
    }
  }

  /** Indices of the scenarios in which the layer ended, while it goes on in others. */
  List<Integer> endedScenarios() {
    return List.copyOf(endedScenarios);
  }

  /** Why, for all of them. */
  String reasons() {
    return String.join("; ", reasons);
  }
}
