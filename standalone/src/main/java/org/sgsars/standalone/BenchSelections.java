package org.sgsars.standalone;

import java.util.Optional;
import java.util.function.Supplier;
import org.sgsars.leveller.Leveller;
import org.sgsars.leveller.LevellerStack;
import org.sgsars.leveller.RowArray;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;
import org.sgsars.random.RandomStream;
import org.sgsars.source.SelectionSource;
import org.sgsars.sparsifier.AttackerSparsifier;

/** What a scenario of the bench writes in one layer, iteration by iteration, in order. */
@FunctionalInterface
interface BenchSelections {
  Selection.Rows at(long iteration);

  /**
   * As the scenario's sparsifier says: the source's selections, or an attacker's.
   *
   * @param rows makes an array like the one that is written to
   */
  static BenchSelections of(
      RunPlan plan,
      SelectionSource source,
      int scenario,
      int layer,
      Policies policies,
      Supplier<RowArray> rows) {
    PolicyChoice sparsifier = plan.sparsifierOf(plan.scenarios().get(scenario));
    Optional<AttackerSparsifier.Settings> attack = PreparedBench.attack(sparsifier, policies);
    if (attack.isEmpty()) {
      return iteration -> source.rows(layer, iteration);
    }
    LayerShape shape = plan.layers().get(layer);
    AttackerSparsifier.Settings settings = attack.get();
    if (settings.isFollower()) {
      return new Follower(plan, scenario, layer, settings.row(), policies, rows.get());
    }
    return iteration -> new Selection.Rows(new int[] {settings.row(shape, iteration)});
  }

  /**
   * Runs the scenario's leveller along, on the same device but a seed of its own, and always writes
   * the row that by this lies in the physical row it is after; where that holds no weights, the row
   * it wrote last.
   */
  final class Follower implements BenchSelections {
    private final RowArray array;
    private final Leveller leveller;
    private final int target;
    private int last;

    Follower(RunPlan plan, int scenario, int layer, int target, Policies policies, RowArray array) {
      ScenarioPlan scenarioPlan = plan.scenarios().get(scenario).forLayer(layer);
      // The attacker's guess: that it is right by chance is as likely as any other.
      long guessedSeed = RandomStream.of(plan.seed(), "attacker").seed();
      this.array = array;
      this.leveller =
          LevellerStack.create(
              array,
              scenarioPlan.levellers(),
              policies,
              guessedSeed,
              plan.layers().get(layer).name());
      this.target = target;
      this.last = target;
    }

    @Override
    public Selection.Rows at(long iteration) {
      last = array.isFree(target) ? last : array.logicalRow(target);
      Selection.Rows selection = new Selection.Rows(new int[] {last});
      array.apply(selection, iteration, leveller);
      return selection;
    }
  }
}
