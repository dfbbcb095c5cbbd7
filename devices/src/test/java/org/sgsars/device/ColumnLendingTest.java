package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.model.ArrayShape;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class ColumnLendingTest {
  private static final PolicyChoice RETIRE = new PolicyChoice("retire", Map.of("columnBlocks", 0L));

  private static Device device(String kind, Map<String, ?> settings) {
    return Policies.onClassPath()
        .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
        .bind(new PolicyChoice(kind, settings))
        .create(1);
  }

  private static Device constant(double writes) {
    return device("constant", Map.of("writes", writes));
  }

  private static ScenarioPlan scenario(int crossbarSize) {
    return new ScenarioPlan("s", 0, List.of(RETIRE), crossbarSize);
  }

  private static LayerLoans loans(int crossbarSize, Device device, LayerShape... layers) {
    return loans(scenario(crossbarSize), device, List.of(layers));
  }

  private static LayerLoans loans(ScenarioPlan scenario, Device device, List<LayerShape> layers) {
    return ColumnLending.of(scenario, layers, Collections.nCopies(layers.size(), 1L), device);
  }

  /**
   * Every row endures ten writes. The wide layer, which fills its crossbar, is over after 4 x 10;
   * the narrow one has four blocks on four wordlines, and lasts for 4 x 40. A block of it is four
   * cells, which make a row of the wide one: that lasts for 5 x 10, then 6 x 10, while 4 x 20 are
   * left to the narrow one. A third block would leave it 4 x 10 where the other had 7 x 10.
   */
  @Test
  void of_narrowLayerLastsLonger_lendsBlocksUntilBothGainNoMore() {
    LayerLoans loans =
        loans(4, constant(10), new LayerShape("narrow", 2, 1), new LayerShape("wide", 4, 4));

    assertThat(loans.columnBlocks()).containsExactly(2, 1);
    assertThat(loans.borrowedRows()).containsExactly(0, 2);
  }

  /** What is written twice as often lasts half as long: 4 x 40 / 8 of the narrow one are 20. */
  @Test
  void of_narrowLayerIsWrittenMore_keepsItsColumns() {
    LayerLoans loans =
        ColumnLending.of(
            scenario(4),
            List.of(new LayerShape("narrow", 2, 1), new LayerShape("wide", 4, 4)),
            List.of(8L, 1L),
            constant(10));

    assertThat(loans).isEqualTo(LayerLoans.NONE);
  }

  /** Three columns leave one in each of eight wordlines, which make two rows. */
  @Test
  void of_columnsThatNoBlockFits_areLentFirst() {
    LayerLoans loans = loans(4, constant(10), new LayerShape("a", 5, 3), new LayerShape("b", 4, 4));

    assertThat(loans.borrowedRows()).containsExactly(0, 2);
    assertThat(loans.columnBlocks()).containsExactly(1, 1);
  }

  @Test
  void of_layersWithSettingsOfTheirOwn_keepToThemselves() {
    LayerSettings own =
        new LayerSettings(
            "narrow", false, List.of(RETIRE), List.of(), false, 4, 0, Optional.empty());
    ScenarioPlan scenario = scenario(4).with(new LayerExceptions(List.of(own), List.of(0, -1)));

    assertThat(
            loans(
                scenario,
                constant(10),
                List.of(new LayerShape("narrow", 2, 1), new LayerShape("wide", 4, 4))))
        .isEqualTo(LayerLoans.NONE);
  }

  /** Networks are drawn; nobody borrows what nobody lent, whatever the order of the layers. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void of_anyNetwork_borrowsNoMoreThanIsLent_inEveryOrder(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<LayerShape> layers =
        IntStream.range(0, 2 + random.nextInt(12))
            .mapToObj(i -> new LayerShape("l" + i, 1 + random.nextInt(150), 1 << random.nextInt(8)))
            .toList();
    Device device = device("lognormal", Map.of("median", 300.0, "spread", 0.92));
    ScenarioPlan scenario = scenario(64);

    LayerLoans loans = loans(scenario, device, layers);

    long lent = 0;
    for (int i = 0; i < layers.size() && !loans.isEmpty(); i++) {
      ArrayShape own = scenario.array(layers.get(i));
      int blocks = loans.columnBlocks().get(i);
      int columns = layers.get(i).columns();
      assertThat(blocks).isBetween(1, own.columnBlocks());
      assertThat(loans.borrowedRows(i) > 0 && blocks < own.columnBlocks()).isFalse();
      lent += (long) own.rowsOfBlock() * (64L * own.tileColumns() - (long) blocks * columns);
      lent -= (long) loans.borrowedRows(i) * blocks * columns;
    }
    assertThat(lent).isNotNegative();
    LayerLoans ofReversed = loans(scenario, device, reversed(layers));
    assertThat(ofReversed.borrowedRows()).isEqualTo(reversed(loans.borrowedRows()));
    assertThat(ofReversed.columnBlocks()).isEqualTo(reversed(loans.columnBlocks()));
  }

  private static <T> List<T> reversed(List<T> list) {
    List<T> reversed = new ArrayList<>(list);
    Collections.reverse(reversed);
    return reversed;
  }
}
