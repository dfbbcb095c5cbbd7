package org.sgsars.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sgsars.mapping.MappedNetworkTest.parameters;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** What a table may say of parameters, and what is said of those that have no gradients. */
final class LayerTableTest {
  /** A Linear such as {@code fc: fc.weight fc.bias}, whose bias may begin at {@code @4}. */
  private static LayerTable.Entry entry(String text) {
    String[] name = text.split(": ", -1);
    String[] parameters = name[1].split(" ", -1);
    return new LayerTable.Entry(
        name[0],
        "Linear",
        parameters[0],
        parameters.length > 1 ? Optional.of(parameters[1]) : Optional.empty(),
        parameters.length > 2
            ? OptionalInt.of(Integer.parseInt(parameters[2].substring(1)))
            : OptionalInt.empty(),
        Optional.empty(),
        1);
  }

  private static LayerTable table(String layers, String... digital) {
    return new LayerTable(
        "layers.json",
        Stream.of(layers.split("; ", -1)).map(LayerTableTest::entry).toList(),
        List.of(digital));
  }

  private static MappedNetwork mapped(LayerTable table, String... parameters) {
    return MappedNetwork.of(parameters(parameters), Optional.of(table), List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: w; a: v|two layers are named a: those of w and v; allowed: each name once",
        "a: w; b: w|w is the weight of layers a and b; allowed: one layer for each weight, also where modules share it",
        "a: w x; b: v w|w is the bias of layer b and the weight of layer a; allowed: one of both",
        "a: w w|w is the bias of layer a and the weight of layer a; allowed: one of both",
        "a: d|d is the weight of layer a, and digital too; allowed: one of both",
        "a: w d|d is the bias of layer a, and digital too; allowed: one of both",
      })
  void table_parameterThatIsTwoThings_isRefused(String layers, String problem) {
    assertThatThrownBy(() -> table(layers, "d"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(problem);
  }

  @Test
  void entry_withoutAxes_namesTheKindsThatHaveThem() {
    assertThatThrownBy(
            () ->
                new LayerTable.Entry(
                    "ln",
                    "LayerNorm",
                    "ln.weight",
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    1))
        .hasMessageStartingWith(
            "layer ln of kind 'LayerNorm' has no axes; give axes, or a kind that has them, one of [Bilinear, Conv1D, Conv1d,")
        .hasMessageNotContaining("BatchNorm");
  }

  @Test
  void of_biasOfAnotherLayerBesideItsOwn_isRefused() {
    assertThatThrownBy(
            () ->
                mapped(
                    table("a: a.weight a.bias; b: b.weight a.bias"),
                    "a.weight 2x3",
                    "a.bias 2",
                    "b.weight 2x2",
                    "b.bias 2"))
        .hasMessage(
            "layers.json: a.bias is the bias of layers a, b, but b.bias is there for b; allowed: one layer, several whose modules share it, or biasFrom");
  }

  @Test
  void of_biasThatModulesShare_isARowOfEach() {
    MappedNetwork network =
        mapped(
            table("a: a.weight a.bias; b: b.weight a.bias"),
            "a.weight 2x3",
            "a.bias 2",
            "b.weight 2x2");

    assertThat(network.layers()).extracting(LayerShape::rows).containsExactly(4, 3);
    assertThat(network.notices())
        .containsExactly(
            "a.bias is shared: layers a, b have a row of it each", "all 12 values on crossbars");
  }

  @Test
  void of_partsOfOneBias_areApartOrTheSame() {
    String[] parameters = {"q 2x3", "k 2x3", "v 2x3", "bias 6"};

    assertThat(mapped(table("q: q bias @0; k: k bias @2; v: v bias @4"), parameters).notes())
        .isEmpty();
    assertThat(mapped(table("q: q bias @0; k: k bias @2; v: v bias @2"), parameters).notes())
        .containsExactly("bias is shared: layers k, v have a row of it each");
    assertThatThrownBy(() -> mapped(table("q: q bias @0; k: k bias @4; v: v bias @3"), parameters))
        .hasMessage(
            "layers.json: layer v has the values [3, 5) of bias, and layer k the values [4, 6); allowed: the same, or parts of their own by biasFrom");
    assertThatThrownBy(() -> mapped(table("q: q bias; k: k bias @2"), "q 6x3", "k 2x3", "bias 6"))
        .hasMessage(
            "layers.json: layer q has the values [0, 6) of bias, and layer k the values [2, 4); allowed: the same, or parts of their own by biasFrom");
  }

  @Test
  void of_biasOfAWeightWithoutGradient_isSaidAndDigital() {
    // As where biases alone are trained; one may have several dimensions.
    MappedNetwork network =
        mapped(
            table("a: a.weight a.bias; b: b.weight b.bias; c: c.weight c.bias"),
            "a.bias 2",
            "b.bias 2x4",
            "c.weight 2x3",
            "c.bias 2");

    assertThat(network.layers()).extracting(LayerShape::name).containsExactly("c");
    assertThat(network.notices())
        .containsExactly(
            "biases of layers whose weights have no gradient in any iteration, not judged and counted as digital: a.bias, b.bias",
            "44.4 % of 18 values on crossbars; digital: a.bias, b.bias");
  }

  @Test
  void of_digitalWithoutGradient_isSaid() {
    // As the recorder lists what is frozen, and what is no floating-point number.
    MappedNetwork network = mapped(table("a: a.weight", "ln", "pos"), "a.weight 2x3", "pos 2x2");

    assertThat(network.notes())
        .containsExactly("digital in layers.json, and no gradient in any iteration: ln");
  }

  @Test
  void ofLayers_parameterThatIsTwoThings_isRefused() {
    ParameterShape weight = new ParameterShape("w", List.of(2, 3));
    LayerShape a =
        LayerShape.of("a", weight, Optional.empty(), org.sgsars.model.LayerMap.outIn("", 2));

    assertThatThrownBy(
            () -> MappedNetwork.ofLayers("its manifest", List.of(a), List.of(weight), List.of()))
        .hasMessage("w is the weight of layer a, and digital too; allowed: one of both");
    assertThat(MappedNetwork.ofLayers("its manifest", List.of(a), List.of(), List.of()).layers())
        .containsExactly(a);
    assertThatThrownBy(
            () ->
                MappedNetwork.ofLayers(
                    "its manifest", List.of(new LayerShape("x", 2, 3)), List.of(), List.of()))
        .hasMessage("layer x has no weight");
  }
}
