package org.sgsars.leveller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Device;
import org.sgsars.device.DeviceCells;
import org.sgsars.device.DevicePolicy;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.Selection;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class WearRateLevellerTest extends LevellerContract<WearRateLeveller.Settings> {
  private static final int COLUMNS = 8;
  private static final Device DEVICE = device();

  @Override
  protected LevellerPolicy<WearRateLeveller.Settings> policy() {
    return new WearRateLeveller();
  }

  @Override
  protected WearRateLeveller.Settings settings() {
    return policy().settings(Map.of("lead", 3L));
  }

  private static Device device() {
    return Policies.onClassPath()
        .require(PolicyFamily.DEVICE, "rram-embedded", DevicePolicy.class)
        .bind(new PolicyChoice("rram-embedded", Map.of("spread", 0.3)))
        .create(1);
  }

  @Override
  protected RowArray rows(int logicalRows, int physicalRows) {
    LayerShape layer = new LayerShape("fc", logicalRows, COLUMNS);
    ArrayShape array = new ArrayShape(layer, physicalRows, 0);
    return RowArray.of(array, Optional.of(new DeviceCells(DEVICE, 0, List.of(array))));
  }

  @Test
  void endurance_ofARow_isThatOfItsWeakestCell() {
    RowArray array = rows(50, 64);
    long least = Long.MAX_VALUE;
    for (int column = 0; column < COLUMNS; column++) {
      least =
          Math.min(least, DEVICE.endurance(Device.draw(Device.row(DEVICE.layer("fc"), 7), column)));
    }

    assertThat(array.endurance(7)).isEqualTo(least);
    assertThat(array.meanEndurance()).isEqualTo(Arrays.stream(all(array)).average().orElseThrow());
  }

  private static long[] all(RowArray array) {
    long[] all = new long[array.physicalRows()];
    Arrays.setAll(all, array::endurance);
    return all;
  }

  /**
   * However skewed the selections, all rows have about as much of their life behind them; spread
   * 0.3.
   */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void apply_skewedSelections_noRowIsFarAheadInUsedLife(long seed) {
    RowArray array = rows(50, 64);
    Leveller leveller = policy().create(array, settings(), seed);
    SplittableRandom random = new SplittableRandom(seed);

    for (int i = 0; i < 20_000; i++) {
      int row = random.nextInt(1 + random.nextInt(50));
      array.apply(new Selection.Rows(new int[] {row}), i, leveller);
    }

    double[] used = new double[array.physicalRows()];
    Arrays.setAll(used, row -> (double) array.writes(row) / array.endurance(row));
    double most = Arrays.stream(used).max().orElseThrow();
    double even = (double) array.allWear() / Arrays.stream(all(array)).sum();
    assertThat(most / even).isLessThan(1.1);
    // A weak row got fewer writes than a strong one: about in proportion.
    int weakest = 0;
    int strongest = 0;
    for (int row = 1; row < 64; row++) {
      weakest = array.endurance(row) < array.endurance(weakest) ? row : weakest;
      strongest = array.endurance(row) > array.endurance(strongest) ? row : strongest;
    }
    assertThat((double) array.writes(weakest) / array.writes(strongest))
        .isLessThan(1.5 * array.endurance(weakest) / array.endurance(strongest));
  }

  @Test
  void create_noDevice_isRefused() {
    RowArray array = new RowArray(2, 4);

    assertThatThrownBy(() -> policy().create(array, settings(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("levelling by endurance needs a device");
  }
}
