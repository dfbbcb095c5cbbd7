package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.random.RandomStream;

/** Several levellers on one array; each reacts to everything, in the order of the experiment. */
public final class LevellerStack implements Leveller {
  private final List<Leveller> levellers;
  private final List<String> kinds;

  private LevellerStack(List<Leveller> levellers, List<String> kinds) {
    this.levellers = List.copyOf(levellers);
    this.kinds = List.copyOf(kinds);
  }

  /**
   * The levellers of one layer's array.
   *
   * @param choices at least one
   * @param seed of the run
   * @param layer name of the layer; every layer and every leveller has a seed of its own
   * @throws IllegalArgumentException if there is no leveller of a kind
   * @throws PolicyFailure if one cannot be made. What it throws afterwards is reported as that,
   *     too, where there are several; that of a single one comes as it is.
   */
  public static Leveller create(
      RowArray array, List<PolicyChoice> choices, Policies policies, long seed, String layer) {
    RandomStream ofLayer = RandomStream.of(seed, "leveller").child(layer);
    List<Leveller> levellers = new ArrayList<>();
    for (PolicyChoice choice : choices) {
      LevellerPolicy<?> policy =
          policies.require(PolicyFamily.LEVELLER, choice.kind(), LevellerPolicy.class);
      long own = ofLayer.child(levellers.size()).seed();
      try {
        levellers.add(policy.bind(choice).create(array, own));
      } catch (RuntimeException | Error e) {
        throw PolicyFailure.of(PolicyFamily.LEVELLER, choice.kind(), e);
      }
    }
    return levellers.size() == 1
        ? levellers.get(0)
        : new LevellerStack(levellers, choices.stream().map(PolicyChoice::kind).toList());
  }

  /** Lets every leveller do something, in their order. */
  private void each(Consumer<Leveller> work) {
    for (int i = 0; i < kinds.size(); i++) {
      try {
        work.accept(levellers.get(i));
      } catch (RuntimeException | Error e) {
        throw PolicyFailure.of(PolicyFamily.LEVELLER, kinds.get(i), e);
      }
    }
  }

  @Override
  public void beforeWrite(int logicalRow) {
    each(leveller -> leveller.beforeWrite(logicalRow));
  }

  @Override
  public void afterWrite(int logicalRow) {
    each(leveller -> leveller.afterWrite(logicalRow));
  }

  @Override
  public void afterIteration(long iterationsDone) {
    each(leveller -> leveller.afterIteration(iterationsDone));
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (int i = 0; i < kinds.size(); i++) {
      try {
        levellers.get(i).save(out);
      } catch (RuntimeException | Error e) {
        throw PolicyFailure.of(PolicyFamily.LEVELLER, kinds.get(i), e);
      }
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (int i = 0; i < kinds.size(); i++) {
      try {
        levellers.get(i).restore(in);
      } catch (RuntimeException | Error e) {
        throw PolicyFailure.of(PolicyFamily.LEVELLER, kinds.get(i), e);
      }
    }
  }
}
