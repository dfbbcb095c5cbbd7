package org.sgsars.service;

import java.nio.ByteBuffer;
import java.util.List;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.model.RunPlan;

/**
 * Declares a stage that follows layers, each by itself: what it reads and writes, which layer a
 * record is of, and how such a layer is made. {@link LayerWorker} does the rest, the same for all.
 *
 * <p>A layer's records come in streams, which know nothing of each other: one per training,
 * sparsifier or scenario, whichever the records of this stage's input are of.
 *
 * @param <R> the input record
 */
public interface LayerStage<R> extends Stage {
  /** Full name of the topic that it writes. */
  String outputTopic(Topics topics);

  /** The record; it is not used after the call that it was decoded for. */
  R decode(ByteBuffer value) throws WireException;

  LayerPosition position(R record);

  /** Number of streams that each layer of a run has here, at least 1. */
  int streams(RunPlan plan);

  /** Indices of the scenarios that a stream feeds; empty for all. */
  List<Integer> scenarios(RunPlan plan, int stream);

  /** The first iteration that records of a stream have: 0, or -1 if initial weights come. */
  long firstIteration(RunPlan plan, int stream);

  /**
   * A layer before its first record; it saves and restores itself.
   *
   * @param topics where it sends what its output topic does not take
   * @throws IllegalArgumentException if the run asks for what this service does not have
   */
  LayerState<R> layer(RunPlan plan, int stream, int layer, Topics topics);

  @Override
  default PartitionWorker open(Topics topics, RunCatalog runs) {
    return new LayerWorker<>(this, topics, runs);
  }
}
