package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.device.Device.StuckAt;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

final class DeviceTest {
  private static final Policies POLICIES = Policies.onClassPath();

  /** A device with its defaults, but for some settings. */
  private static Device device(String kind, Map<String, Object> others) {
    return POLICIES
        .require(PolicyFamily.DEVICE, kind, DevicePolicy.class)
        .bind(new PolicyChoice(kind, others))
        .create(1);
  }

  private static long row(Device device, String layer, int physicalRow) {
    return Device.row(device.layer(layer), physicalRow);
  }

  @Test
  void kinds_areThePresetsAndTheUsersOwn() {
    assertThat(POLICIES.kinds(PolicyFamily.DEVICE))
        .containsExactly(
            "constant",
            "lognormal",
            "measured",
            "normal",
            "nvmain",
            "pcm",
            "rram-claimed",
            "rram-embedded",
            "rram-good",
            "rram-measured",
            "rram-typical",
            "rram-weak-pulse",
            "weibull");
  }

  /** 2.5e9 / 10^0.92 is one standard deviation below the median; failed cells do not reset. */
  @Test
  void endurance_rramMeasured_isTheFitAndWornOutCellsAreAtLowResistance() {
    Device device = device("rram-measured", Map.of());

    assertThat(device.quantile(0.5)).isCloseTo(2.5e9, within(1.0));
    assertThat(device.quantile(0.158655253931457)).isCloseTo(3.00566e8, within(1e3));
    assertThat(device.stuckWhenWorn(row(device, "0", 0), 7)).isEqualTo(StuckAt.LOW_RESISTANCE);
    assertThat(device("rram-typical", Map.of()).stuckWhenWorn(row(device, "0", 0), 7))
        .isEqualTo(StuckAt.VALUE);
  }

  /**
   * Half of the cells fail by scale × (ln 2)^(1 / shape), 1 - 1/e of them by the scale, and a share
   * u of few by nearly scale × u^(1 / shape): 1e6 × (1e-4)^(1/2) = 1e4.
   */
  @ParameterizedTest(name = "shape={0}, share={1}")
  @CsvSource({
    "1, 0.5, 693147.1805599453",
    "2, 0.5, 832554.6111576977",
    "2, 0.6321205588285577, 1e6",
    "2, 1e-4, 10000.25001",
    "0.5, 0.6321205588285577, 1e6",
    "0.5, 1e-3, 1.001001",
  })
  void quantile_weibull_isThatOfTheLaw(double shape, double share, double writes) {
    Device device = device("weibull", Map.of("scale", 1e6, "shape", shape));

    assertThat(device.quantile(share)).isCloseTo(writes, within(writes * 1e-6));
  }

  /** Every device of a seed draws the same numbers: cells are weak in one as in another. */
  @Test
  void endurance_weibull_sameCellsAreTheWeakOnes() {
    Device weibull = device("weibull", Map.of());
    Device lognormal = device("lognormal", Map.of());
    for (int cell = 1; cell < 100; cell++) {
      long one = Device.draw(row(weibull, "0", 0), cell - 1);
      long other = Device.draw(row(weibull, "0", 0), cell);

      assertThat(Long.compare(weibull.endurance(one), weibull.endurance(other)))
          .isEqualTo(Long.compare(lognormal.endurance(one), lognormal.endurance(other)));
    }
  }

  @ParameterizedTest(name = "shape={0}")
  @ValueSource(doubles = {0.05, 1000})
  void endurance_weibullAtTheLimitsOfItsShape_isOrderedAndFinite(double shape) {
    Device device = device("weibull", Map.of("scale", 1e15, "shape", shape));

    assertThat(device.endurance(0)).isBetween(0L, device.endurance(Device.DRAWS / 2));
    assertThat(device.endurance(Device.DRAWS / 2))
        .isLessThanOrEqualTo(device.endurance(Device.DRAWS - 1));
    assertThat(device.endurance(Device.DRAWS - 1)).isLessThanOrEqualTo(1_000_000_000_000_000_000L);
  }

  /** The median of each, and what is one standard deviation below it: 10^0.92 is 8.317638. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "constant, 1e6, 1e6",
    "nvmain, 1e6, 9e5",
    "pcm, 1e8, 5.01187e7",
    "rram-claimed, 1e12, 1.20226e+11",
    "rram-embedded, 1e4, 1202.26",
    "rram-good, 1e8, 1.20226e+07",
    "rram-typical, 1e6, 120226",
    "rram-weak-pulse, 1e11, 1.20226e+10",
  })
  void endurance_preset_isThePublishedMedianAndTheMeasuredSpread(
      String kind, double median, double deviationBelow) {
    Device device = device(kind, Map.of());

    // 15.8655 % of a normal distribution are more than one standard deviation below its mean.
    long below = Math.round(0.158655253931457 * Device.DRAWS);
    assertThat((double) device.endurance(Device.DRAWS / 2))
        .isCloseTo(median, within(median * 1e-6));
    assertThat((double) device.endurance(below))
        .isCloseTo(deviationBelow, within(1 + deviationBelow * 1e-5));
  }

  @ParameterizedTest(name = "share={0}")
  @CsvSource({
    "0.5, 0",
    "0.975, 1.9599639845400545",
    "0.001, -3.090232306167813",
    "1e-10, -6.361340902404056",
    "0.9, 1.2815515655446004",
    "0.0013498980316300946, -3",
  })
  void quantile_standardNormal_isTheTabulatedValue(double share, double value) {
    assertThat(StandardNormal.quantile(share)).isCloseTo(value, within(1e-13));
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void firstSurviving_anyWrites_partsThoseThatFailedFromThoseThatSurvive(long seed) {
    Device device = device("rram-embedded", Map.of());
    long writes = new SplittableRandom(seed).nextLong(1, 100_000);

    long first = device.firstSurviving(writes);

    assertThat(device.endurance(first)).isGreaterThanOrEqualTo(writes);
    assertThat(device.endurance(first - 1)).isLessThan(writes);
  }

  /** 100,000 draws: the share below any tenth is within 5 standard deviations of a tenth. */
  @Test
  void draw_manyCells_areSpreadEvenlyAndDependOnSeedLayerRowAndCell() {
    Device device = device("constant", Map.of());
    int[] tenths = new int[10];
    for (int row = 0; row < 1000; row++) {
      for (int cell = 0; cell < 100; cell++) {
        tenths[(int) (Device.draw(row(device, "0", row), cell) * 10 / Device.DRAWS)]++;
      }
    }

    for (int count : tenths) {
      assertThat(count).isBetween(10_000 - 475, 10_000 + 475);
    }
    long draw = Device.draw(row(device, "0", 0), 0);
    assertThat(draw).isEqualTo(Device.draw(row(device("pcm", Map.of()), "0", 0), 0));
    assertThat(draw)
        .isNotEqualTo(Device.draw(row(device("constant", Map.of("seed", 2L)), "0", 0), 0))
        .isNotEqualTo(Device.draw(row(device, "1", 0), 0))
        .isNotEqualTo(Device.draw(row(device, "0", 1), 0))
        .isNotEqualTo(Device.draw(row(device, "0", 0), 1));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"one-cell, 1", "differential-pair, 2", "bit-slices, 4"})
  void cellsPerWeight_mapping_isItsCells(String mapping, int cells) {
    // 8-bit weights in slices of 2 bits.
    assertThat(device("constant", Map.of("mapping", mapping)).cellsPerWeight()).isEqualTo(cells);
  }

  @Test
  void cellsPerWeight_bitsDoNotDivide_lastSliceIsACellToo() {
    Map<String, Object> settings =
        Map.of("mapping", "bit-slices", "weightBits", 8L, "cellBits", 3L);

    assertThat(device("constant", settings).cellsPerWeight()).isEqualTo(3);
  }

  @Test
  void stuckWhenFresh_shares_areKept() {
    Device device = device("constant", Map.of("stuckLow", 0.1, "stuckHigh", 0.2));
    Map<StuckAt, Integer> stuck = new EnumMap<>(StuckAt.class);
    for (int cell = 0; cell < 100_000; cell++) {
      device
          .stuckWhenFresh(row(device, "0", 0), cell)
          .ifPresent(at -> stuck.merge(at, 1, Integer::sum));
    }

    // Five standard deviations of a binomial distribution: 474 and 632.
    assertThat(stuck.get(StuckAt.LOW_RESISTANCE)).isBetween(10_000 - 475, 10_000 + 475);
    assertThat(stuck.get(StuckAt.HIGH_RESISTANCE)).isBetween(20_000 - 633, 20_000 + 633);
    assertThat(stuck).hasSize(2);
    assertThat(device.stuckShare()).isCloseTo(0.3, within(1e-12));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"value, VALUE", "low, LOW_RESISTANCE", "high, HIGH_RESISTANCE"})
  void stuckWhenWorn_setting_isKept(String setting, StuckAt at) {
    Device device = device("constant", Map.of("wornAs", setting));

    assertThat(device.stuckWhenWorn(row(device, "0", 0), 7)).isEqualTo(at);
  }

  @Test
  void weakest_someColumns_isTheLeastEnduranceOfTheirCells() {
    Device device = device("rram-embedded", Map.of("mapping", "differential-pair"));
    long row = row(device, "3", 5);
    long least = Long.MAX_VALUE;
    for (int cell = 8; cell < 14; cell++) {
      least = Math.min(least, device.endurance(Device.draw(row, cell)));
    }

    assertThat(device.weakest(row, 4, 3)).isEqualTo(least);
  }

  /** Every write that fails is tried again, which wears the cell once more. */
  @Test
  void cost_halfOfTheWritesFail_isThatOfTheAttempts() {
    Device device =
        device("constant", Map.of("writes", 1500.0, "writeFailure", 0.5, "retries", 1L));
    WriteCost cost = device.cost();

    // 1 + 1/2 attempts; 1/4 fail twice; a row of two needs a second round with chance 3/4.
    assertThat(cost.attempts()).isEqualTo(1.5);
    assertThat(cost.lost()).isEqualTo(0.25);
    assertThat(cost.pulsesPerWeight()).isEqualTo(1.5);
    assertThat(cost.pulsesPerRow(2)).isEqualTo(1.75);
    assertThat(device.endurance(0)).isEqualTo(1000);
  }

  @Test
  void cost_everyWriteFails_isAllRetries() {
    WriteCost cost = device("constant", Map.of("writeFailure", 1.0, "retries", 3L)).cost();

    assertThat(cost.attempts()).isEqualTo(4);
    assertThat(cost.lost()).isEqualTo(1);
    assertThat(cost.pulsesPerRow(8)).isEqualTo(4);
  }

  /** The larger of two normal draws is 1/sqrt(pi) standard deviations above the mean. */
  @Test
  void cost_pulsesSpread_rowWaitsForItsSlowestCell() {
    WriteCost cost = device("constant", Map.of("pulses", 10L, "pulseSpread", 1.0)).cost();

    assertThat(cost.pulsesPerWeight()).isCloseTo(10, within(1e-3));
    assertThat(cost.pulsesPerRow(2)).isCloseTo(10 + 1 / Math.sqrt(Math.PI), within(1e-3));
  }

  private static Optional<String> problem(Map<String, Object> settings) {
    Map<String, Object> all = new TreeMap<>(settings);
    all.put("mapping", "bit-slices");
    return POLICIES
        .bind(PolicyFamily.DEVICE, new PolicyChoice("constant", all))
        .orElseThrow()
        .problem();
  }

  @Test
  void familyProblemWith_cellOfMoreBitsThanAWeight_isRefused() {
    assertThat(problem(Map.of("weightBits", 4L, "cellBits", 4L))).isEmpty();
    assertThat(problem(Map.of("weightBits", 4L, "cellBits", 5L)))
        .contains("cellBits: 5 is more than the 4 bits of a weight; allowed: at most those");
    assertThat(problem(Map.of("weightBits", 1L))).isEmpty();
  }

  @Test
  void weightCells_oneBit_isOneCellOfTwoLevels() {
    Device device = device("constant", Map.of("mapping", "bit-slices", "weightBits", 1L));

    assertThat(device.cellsPerWeight()).isEqualTo(1);
    // The weight of one bit is -2 or 2: what the cell contributes at either end.
    assertThat(device.weightCells().contribution(0, Device.StuckAt.LOW_RESISTANCE)).isEqualTo(2);
    assertThat(device.weightCells().contribution(0, Device.StuckAt.HIGH_RESISTANCE)).isEqualTo(-2);
  }

  @Test
  void cost_bitSlices_writesEverySlice() {
    WriteCost cost = device("constant", Map.of("mapping", "bit-slices", "pulses", 3L)).cost();

    assertThat(cost.pulsesPerWeight()).isEqualTo(12);
    assertThat(cost.pulsesPerRow(64)).isEqualTo(3);
  }
}
