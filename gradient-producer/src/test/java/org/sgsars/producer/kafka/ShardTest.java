package org.sgsars.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;

/** Which layers a producer of several sends, and where they go. */
final class ShardTest {
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6)
          .layers(new LayerShape("a", 4, 4), new LayerShape("b", 4, 4), new LayerShape("c", 4, 4))
          .build();

  @Test
  void layers_fiveOfTwo_areCutInTheirOrder() {
    assertThat(new Shard(0, 2).layers(5)).containsExactly(0, 1);
    assertThat(new Shard(1, 2).layers(5)).containsExactly(2, 3, 4);
    assertThat(Shard.WHOLE.layers(3)).containsExactly(0, 1, 2);
  }

  @ParameterizedTest(name = "{0} producers")
  @ValueSource(ints = {1, 2, 3, 7})
  void layersAndPartitions_ofAllProducers_areEachOfOne(int count) {
    int partitions = 7;
    Set<Integer> layers = new TreeSet<>();
    Set<Integer> taken = new TreeSet<>();
    for (int index = 0; index < count; index++) {
      Shard shard = new Shard(index, count);
      Set<Integer> own = new TreeSet<>();
      for (int layer : shard.layers(20)) {
        assertThat(layers.add(layer)).isTrue();
        own.add(shard.partition("run", layer, partitions));
      }
      assertThat(taken).doesNotContainAnyElementsOf(own);
      taken.addAll(own);
    }
    assertThat(layers).hasSize(20);
    // Twenty layers reach all partitions.
    assertThat(taken).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void parse_text_isTheShard() {
    assertThat(Shard.parse("1/2")).isEqualTo(new Shard(1, 2)).hasToString("1/2");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"2/2", "0/0", "-1/2", "1", "1/2/3", "a/b", "1 / 2"})
  void parse_noShard_saysWhatIsAllowed(String text) {
    assertThatThrownBy(() -> Shard.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text)
        .hasMessageEndingWith(" is none; allowed: i/n with 0 <= i < n");
  }

  @Test
  void requirements_moreProducersThanLayersOrPartitions_areRefused() {
    Shard shard = new Shard(0, 4);

    assertThatCode(() -> shard.requireLayers(4)).doesNotThrowAnyException();
    assertThatThrownBy(() -> shard.requireLayers(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "shard 0/4 is of more producers than the run has layers, 3; allowed: at most one for each");
    assertThatThrownBy(() -> shard.requirePartitions(3))
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "Shard 0/4 is of more producers than the topics have partitions, 3; allowed: at most one for each (sgsars.kafka.partitions)");
  }

  @Test
  void requireSameSplit_anotherNumberOfProducers_isRefused() {
    Shard shard = new Shard(0, 2);

    assertThatCode(() -> shard.requireSameSplit("r", Set.of("0/2", "1/2")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> shard.requireSameSplit("r", Set.of("1/2", "1/3")))
        .isInstanceOf(ServiceException.class)
        .hasMessage(
            "Run 'r' has a producer of shard 1/3, and this is shard 0/2; give all producers of a run the same number of shards, or this run another name");
  }

  @Test
  void ended_shard_namesItsLayers() {
    assertThat(new Shard(1, 2).ended("stopped", PLAN))
        .isEqualTo("shard 1/2, with the layers b, c: stopped");
    assertThat(Shard.WHOLE.ended("stopped", PLAN)).isEqualTo("stopped");
    assertThat(List.of(new Shard(0, 2).ended("stopped", PLAN)))
        .containsExactly("shard 0/2, with the layers a: stopped");
  }
}
