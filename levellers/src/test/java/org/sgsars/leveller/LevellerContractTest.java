package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sgsars.policy.NoSettings;

/** What somebody reads whose leveller breaks the contract: what is wrong, and what to do. */
class LevellerContractTest {
  private static final int INTERVAL = 16;

  /** Walks on from where it was, and saves nothing of that. */
  private static final class Forgetful implements Leveller {
    private final RowArray array;
    private int row;

    Forgetful(RowArray array, int first) {
      this.array = array;
      this.row = first;
    }

    @Override
    public void afterIteration(long iterationsDone) {
      if (iterationsDone % INTERVAL == 0) {
        array.exchange(row, row + 1);
        row = (row + 1) % (array.physicalRows() - 1);
      }
    }
  }

  private static LevellerContract<NoSettings> contract(AtomicInteger first, int step) {
    return new LevellerContract<>() {
      @Override
      protected LevellerPolicy<NoSettings> policy() {
        return new LevellerPolicy<>() {
          @Override
          public String kind() {
            return "forgetful";
          }

          @Override
          public String summary() {
            return "Exchanges one row after the other.";
          }

          @Override
          public Class<NoSettings> settingsType() {
            return NoSettings.class;
          }

          @Override
          public Leveller create(RowArray array, NoSettings settings, long seed) {
            return new Forgetful(array, first.getAndAdd(step));
          }
        };
      }

      @Override
      protected NoSettings settings() {
        return new NoSettings();
      }
    };
  }

  @Test
  void restore_stateThatIsNotSaved_saysWhereTheyDifferAndTheWayOut() {
    // Saved after 1007 iterations; the next exchange is that after 1008, the row after the 62 done.
    assertThatThrownBy(
            () ->
                contract(new AtomicInteger(), 0)
                    .restore_fromAnyIteration_equalsARunWithoutRestart(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1, iteration 1007, 0 after restore")
        .hasMessageContaining("derive it from seed and iteration, or save it");
  }

  @Test
  void sameSeed_levellersThatDiffer_saysWhatMayBeRandom() {
    assertThatThrownBy(() -> contract(new AtomicInteger(), 5).apply_sameSeed_sameWrites(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1, iteration 15: two levellers of the same seed differ")
        .hasMessageContaining("derived from seed and iteration");
  }
}
