package org.sgsars.ars.core;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.sgsars.contract.model.PolicyChoice;
import org.sgsars.contract.policy.Policies;
import org.sgsars.contract.policy.PolicyFamily;
import org.sgsars.contract.random.RandomStream;

/** Several levellers on one array; each reacts to everything, in the order of the experiment. */
public final class LevellerStack implements Leveller {
  private final List<Leveller> levellers;

  private LevellerStack(List<Leveller> levellers) {
    this.levellers = List.copyOf(levellers);
  }

  /**
   * The levellers of one layer's array.
   *
   * @param choices at least one
   * @param seed of the run
   * @param layer name of the layer; every layer and every leveller has a seed of its own
   * @throws IllegalArgumentException if there is no leveller of a kind
   */
  public static Leveller create(
      RowArray array, List<PolicyChoice> choices, Policies policies, long seed, String layer) {
    RandomStream ofLayer = RandomStream.of(seed, "leveller").child(layer);
    List<Leveller> levellers = new ArrayList<>();
    for (PolicyChoice choice : choices) {
      LevellerPolicy policy =
          policies.require(PolicyFamily.LEVELLER, choice.kind(), LevellerPolicy.class);
      long own = ofLayer.child(levellers.size()).seed();
      levellers.add(policy.create(array, choice.settings(), own));
    }
    return levellers.size() == 1 ? levellers.get(0) : new LevellerStack(levellers);
  }

  @Override
  public void beforeWrite(int logicalRow) {
    levellers.forEach(leveller -> leveller.beforeWrite(logicalRow));
  }

  @Override
  public void afterWrite(int logicalRow) {
    levellers.forEach(leveller -> leveller.afterWrite(logicalRow));
  }

  @Override
  public void afterIteration(long iterationsDone) {
    levellers.forEach(leveller -> leveller.afterIteration(iterationsDone));
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (Leveller leveller : levellers) {
      leveller.save(out);
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (Leveller leveller : levellers) {
      leveller.restore(in);
    }
  }
}
