package org.sgsars.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.sgsars.mapping.LayerRule;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** A layer of 8 values and one of 2, of which a rule takes one off the crossbars. */
final class RemappedSourceTest {
  private static final List<LayerRule> RULES =
      List.of(
          new LayerRule(
              "layers[0] in line 3",
              "fc2",
              Optional.empty(),
              Optional.empty(),
              OptionalInt.empty(),
              true));

  private record Layers(Optional<List<ParameterShape>> digital) implements GradientSource {
    @Override
    public String description() {
      return "by hand";
    }

    @Override
    public List<LayerShape> layers() {
      return MappedNetwork.layersOf(
          List.of(
              new ParameterShape("fc1.weight", List.of(2, 4)),
              new ParameterShape("fc2.weight", List.of(1, 2))));
    }

    @Override
    public List<String> notices() {
      return List.of();
    }

    @Override
    public double weightDecay() {
      return 0;
    }

    @Override
    public boolean hasWeights() {
      return false;
    }

    @Override
    public List<LayerTensor> initialWeights() {
      return List.of();
    }

    @Override
    public OptionalLong iterations() {
      return OptionalLong.of(1);
    }

    @Override
    public List<LayerTensor> next() {
      return List.of();
    }

    @Override
    public boolean rewind() {
      return true;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Test
  void notices_networkIsKnown_haveItsShare() throws Exception {
    ParameterShape norm = new ParameterShape("norm", List.of(10));
    RemappedSource source = new RemappedSource(new Layers(Optional.of(List.of(norm))), RULES);

    assertThat(source.notices())
        .containsExactly("40.0 % of 20 values on crossbars; digital: fc2.weight, norm");
    assertThat(source.digital().orElseThrow()).hasSize(2);
  }

  /** An old trace lists its layers only; the norm may have been there. */
  @Test
  void notices_whatIsBesideTheLayersIsNotKnown_shareIsThatOfTheTrace() throws Exception {
    RemappedSource source = new RemappedSource(new Layers(Optional.empty()), RULES);

    assertThat(source.notices())
        .containsExactly(
            "of what the trace holds: 80.0 % of 10 values on crossbars; digital: fc2.weight; what else the network has it does not say");
    assertThat(source.digital()).isEmpty();
  }
}
