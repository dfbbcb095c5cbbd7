package org.sgsars.sparsifier;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.random.RandomStream;

/**
 * The sparsifiers of one layer, by their index. One that throws ends there, and the others go on.
 */
final class LayerSparsifiers {
  private final LayerShape layer;
  private final long seed;
  private final List<Sparsifier> sparsifiers = new ArrayList<>();
  private final List<String> kinds = new ArrayList<>();

  /** Sparsifiers that threw, or whose layer has ended: nothing of them is used any more. */
  private final BitSet ended = new BitSet();

  private final Map<Integer, PolicyFailure> failures = new TreeMap<>();

  /**
   * @param seed of the run; every sparsifier of every layer derives its own from it
   */
  LayerSparsifiers(LayerShape layer, long seed) {
    this.layer = layer;
    this.seed = seed;
  }

  /**
   * Adds a sparsifier.
   *
   * @return its index
   * @throws PolicyFailure if it cannot be made
   */
  int add(BoundSparsifier<?> policy, Residual residual) {
    long own = RandomStream.of(seed, "sparsifier").child(layer.name()).child(policy.kind()).seed();
    try {
      sparsifiers.add(policy.create(layer, own, residual));
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(PolicyFamily.SPARSIFIER, policy.kind(), e);
    }
    kinds.add(policy.kind());
    return sparsifiers.size() - 1;
  }

  int size() {
    return sparsifiers.size();
  }

  /** Calls a sparsifier, unless it has ended; it ends by whatever it throws. */
  void call(int sparsifier, Consumer<Sparsifier> work) {
    if (ended.get(sparsifier)) {
      return;
    }
    try {
      work.accept(sparsifiers.get(sparsifier));
    } catch (RuntimeException | Error e) {
      failures.put(sparsifier, failure(sparsifier, e));
      ended.set(sparsifier);
    }
  }

  private PolicyFailure failure(int sparsifier, Throwable thrown) {
    return PolicyFailure.of(PolicyFamily.SPARSIFIER, kinds.get(sparsifier), thrown);
  }

  /** The layer ends under a sparsifier; nothing is asked of it any more. */
  void end(int sparsifier) {
    ended.set(sparsifier);
  }

  boolean hasEnded(int sparsifier) {
    return ended.get(sparsifier);
  }

  /** Somebody has to say so: with the last sparsifier the layer is at its end. */
  void failIfNoneIsLeft() {
    if (ended.cardinality() == sparsifiers.size() && !failures.isEmpty()) {
      throw failures.values().iterator().next();
    }
  }

  /** What sparsifiers threw since the last call, by their index. */
  Map<Integer, PolicyFailure> drainFailures() {
    Map<Integer, PolicyFailure> since = new TreeMap<>(failures);
    failures.clear();
    return since;
  }

  /**
   * Goes on with a sparsifier in the middle of an iteration.
   *
   * @param columns that its residual holds of the iteration
   * @throws PolicyFailure if it cannot
   */
  void resume(int sparsifier, int columns) {
    try {
      sparsifiers.get(sparsifier).resume(columns);
    } catch (RuntimeException | Error e) {
      throw failure(sparsifier, e);
    }
  }

  /** Saves which have ended; their other state is in their residuals. */
  void save(DataOutput out) throws IOException {
    for (int i = 0; i < sparsifiers.size(); i++) {
      out.writeBoolean(ended.get(i));
    }
  }

  void restore(DataInput in) throws IOException {
    for (int i = 0; i < sparsifiers.size(); i++) {
      ended.set(i, in.readBoolean());
    }
  }
}
