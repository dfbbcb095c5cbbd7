package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SweepTest {
  private static final Sweep SWEEP =
      new Sweep(
          "ars",
          2,
          List.of(
              new Sweep.Range("leveller.interval", List.of(256L, 1024L)),
              new Sweep.Range("leveller.pairs", List.of(1L, 8L, 32L))));

  @Test
  void valuesOf_everyScenario_isTheProductWithTheFirstRangeSlowest() {
    assertThat(SWEEP.count()).isEqualTo(6);
    assertThat(SWEEP.valuesOf(2)).containsExactly(256L, 1L);
    assertThat(SWEEP.valuesOf(4)).containsExactly(256L, 32L);
    assertThat(SWEEP.valuesOf(5)).containsExactly(1024L, 1L);
    assertThat(SWEEP.valuesOf(7)).containsExactly(1024L, 32L);
    assertThat(SWEEP.indicesOf(6)).containsExactly(1, 1);
  }

  @Test
  void valuesOf_scenarioOfAnother_isRefused() {
    assertThat(SWEEP.has(1)).isFalse();
    assertThat(SWEEP.has(8)).isFalse();
    assertThatThrownBy(() -> SWEEP.valuesOf(8))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Scenario 8 is not of sweep ars, which has 2 to 7");
  }

  @Test
  void labels_sameSettingOfTwoPolicies_areWholePlaces() {
    Sweep sweep =
        new Sweep(
            "x",
            0,
            List.of(
                new Sweep.Range("leveller[0].gap", List.of(1L)),
                new Sweep.Range("crossbar.size", List.of(64L)),
                new Sweep.Range("leveller[1].gap", List.of(1L))));

    assertThat(sweep.labels()).containsExactly("leveller[0].gap", "size", "leveller[1].gap");
  }

  @Test
  void count_moreThanAnIntHolds_isTheLargest() {
    List<Object> values = List.copyOf(LongStream.range(0, 2000).boxed().toList());
    Sweep.Range range = new Sweep.Range("leveller.pairs", values);

    assertThat(new Sweep("x", 0, List.of(range, range, range)).count())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void new_valueTwice_isRefused() {
    assertThatThrownBy(() -> new Sweep.Range("leveller.pairs", List.of(1L, 1L)))
        .hasMessage(
            "setting leveller.pairs is swept over [1, 1]; allowed: at least one value, each once");
    assertThatThrownBy(() -> new Sweep("x", 0, List.of()))
        .hasMessage("sweep x has 0 ranges from scenario 0 on; allowed: at least one, from 0 on");
  }

  @Test
  void newComparison_sweepsThatOverlap_areRefused() {
    List<ScenarioPlan> scenarios =
        Collections.nCopies(
            8, new ScenarioPlan("s", 0, List.of(new PolicyChoice("none", Map.of())), 8));
    Sweep other = new Sweep("b", 7, SWEEP.ranges().subList(0, 1));

    assertThatThrownBy(() -> new RunPlan.Comparison(List.of(), scenarios, List.of(SWEEP, other)))
        .hasMessage("sweep b has scenarios 7 to 8; allowed: 8 to 7");
  }
}
