package org.sgsars.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sgsars.mapping.LayerRules.axes;
import static org.sgsars.mapping.LayerRules.digital;
import static org.sgsars.mapping.LayerRules.groups;
import static org.sgsars.mapping.LayerRules.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** Which parameters are layers, and how they lie; sizes are worked out by hand. */
final class MappedNetworkTest {
  /** Parameters as {@code name 4x3}. */
  static List<ParameterShape> parameters(String... texts) {
    return Stream.of(texts)
        .map(
            text -> {
              int space = text.indexOf(' ');
              List<Integer> shape = new ArrayList<>();
              Stream.of(text.substring(space + 1).split("x", -1))
                  .map(Integer::valueOf)
                  .forEach(shape::add);
              return new ParameterShape(text.substring(0, space), shape);
            })
        .toList();
  }

  /** Layers as {@code name: rows x columns, map}. */
  private static List<String> texts(MappedNetwork network) {
    return network.layers().stream()
        .map(
            layer ->
                "%s: %d x %d, %s"
                    .formatted(layer.name(), layer.rows(), layer.columns(), layer.map().text()))
        .toList();
  }

  private static List<String> layers(String... parameters) {
    return texts(MappedNetwork.of(parameters(parameters)));
  }

  private static MappedNetwork ruled(List<ParameterShape> parameters, LayerRule... rules) {
    return MappedNetwork.of(parameters, Optional.empty(), List.of(rules));
  }

  @Test
  void of_linearAndConvolution_haveARowPerInputAndOneForTheBias() {
    assertThat(
            layers(
                "conv.bias 16",
                "conv.weight 16x8x5x5",
                "bn.weight 16",
                "bn.bias 16",
                "fc.weight 10x64",
                "fc.bias 10"))
        .containsExactly("conv: 201 x 16, Conv2d, out-in", "fc: 65 x 10, Linear, out-in");
  }

  @Test
  void of_biasOfTheSecondDimension_saysThatInputsComeFirst() {
    assertThat(layers("c_attn.weight 24x72", "c_attn.bias 72"))
        .containsExactly("c_attn: 25 x 72, Conv1D, in-out");
    // One more row for the bias of 8 channels, each of 4 x 4 columns.
    assertThat(layers("up.weight 16x8x4x4", "up.bias 8"))
        .containsExactly("up: 17 x 128, ConvTranspose2d, in-out");
  }

  @Test
  void of_squareWeightBesideInputsFirst_isRefusedWithBothShapesAndTheLines() {
    assertThatThrownBy(
            () ->
                layers(
                    "h.0.c_attn.weight 24x72",
                    "h.0.c_attn.bias 72",
                    "h.0.c_proj.weight 24x24",
                    "h.0.c_proj.bias 24",
                    "h.1.c_proj.weight 24x24",
                    "h.1.c_proj.bias 24"))
        .hasMessage(
            """
            names and shapes do not tell how these lie on crossbars:
              h.0.c_proj.weight [24, 24], h.0.c_proj.bias [24]: fits both, and others here have their inputs first, and so 1 more
            say it in layers.json beside the trace, or by one line for each in the experiment:
            layers:
              - {match: 'h.*.c_proj', axes: out-in}  # Linear: 25 rows x 24 columns
              - {match: 'h.*.c_proj', axes: in-out}  # Conv1D: 25 rows x 24 columns""");
  }

  @Test
  void of_patternThatWouldMeanOthersToo_namesEachLayer() {
    assertThatThrownBy(
            () ->
                layers(
                    "net.0.weight 24x72", "net.0.bias 72", "net.1.weight 24x24", "net.1.bias 24"))
        .hasMessageContaining("{match: 'net.1', axes: in-out}")
        .hasMessageNotContaining("net.*");
  }

  @Test
  void of_squareWeightByItself_hasItsOutputsFirst() {
    assertThat(layers("a.weight 24x24", "a.bias 24", "b.weight 64x64x3x3"))
        .containsExactly("a: 25 x 24, Linear, out-in", "b: 576 x 64, Conv2d, out-in");
  }

  @Test
  void of_biasThatFitsNoAxis_isRefused() {
    assertThatThrownBy(() -> layers("fc.weight 4x3", "fc.bias 5"))
        .hasMessage(
            """
            names and shapes do not tell how these lie on crossbars:
              fc.weight [4, 3], fc.bias [5]: the bias fits no axis
            say it in layers.json beside the trace, or by one line for each in the experiment:
            layers:
              - {match: 'fc', on: digital}  # not on crossbars""");
    assertThatThrownBy(() -> layers("up.weight 8x3x4x4", "up.bias 6"))
        .hasMessageContaining(
            "{match: 'up', axes: in-out, groups: 2}  # ConvTranspose2d: 10 rows x 48 columns");
  }

  @Test
  void of_recurrentNetwork_hasTwoArraysPerLayerAndDirection() {
    assertThat(
            layers(
                "lstm.weight_ih_l0 64x28",
                "lstm.weight_hh_l0 64x16",
                "lstm.bias_ih_l0 64",
                "lstm.bias_hh_l0 64",
                "lstm.weight_ih_l0_reverse 64x28",
                "lstm.weight_hh_l0_reverse 64x16",
                "lstm.bias_ih_l0_reverse 64",
                "lstm.bias_hh_l0_reverse 64",
                "gru.weight_ih 48x8",
                "gru.weight_hh 48x16",
                "rnn.weight_ih_l1 16x16",
                "rnn.weight_hh_l1 16x16"))
        .containsExactly(
            "lstm.ih_l0: 29 x 64, LSTM, out-in",
            "lstm.hh_l0: 17 x 64, LSTM, out-in",
            "lstm.ih_l0_reverse: 29 x 64, LSTM, out-in",
            "lstm.hh_l0_reverse: 17 x 64, LSTM, out-in",
            "gru.ih: 8 x 48, GRU, out-in",
            "gru.hh: 16 x 48, GRU, out-in",
            "rnn.ih_l1: 16 x 16, RNN, out-in",
            "rnn.hh_l1: 16 x 16, RNN, out-in");
  }

  @Test
  void of_attention_inOneOrThree() {
    assertThat(
            layers(
                "a.in_proj_weight 48x16",
                "a.in_proj_bias 48",
                "a.out_proj.weight 16x16",
                "a.out_proj.bias 16"))
        .containsExactly(
            "a.in_proj: 17 x 48, MultiheadAttention, out-in",
            "a.out_proj: 17 x 16, Linear, out-in");
    MappedNetwork three =
        MappedNetwork.of(
            parameters(
                "a.q_proj_weight 16x16",
                "a.k_proj_weight 16x12",
                "a.v_proj_weight 16x10",
                "a.in_proj_bias 48",
                "a.bias_k 1x1x16"));
    assertThat(texts(three))
        .containsExactly(
            "a.q_proj: 17 x 16, MultiheadAttention, out-in",
            "a.k_proj: 13 x 16, MultiheadAttention, out-in",
            "a.v_proj: 11 x 16, MultiheadAttention, out-in");
    assertThat(three.layers())
        .extracting(l -> l.map().biasFrom().orElse(-1))
        .containsExactly(0, 16, 32);
    assertThat(three.digital()).extracting(ParameterShape::name).containsExactly("a.bias_k");
    // The shared bias counts once: 256 + 192 + 160 + 48 of those and 16.
    assertThat(three.share()).isEqualTo("97.6 % of 672 values on crossbars; digital: a.bias_k");
  }

  @Test
  void of_normalisationOfTwoDimensions_isDigitalAndSaid() {
    MappedNetwork network =
        MappedNetwork.of(
            parameters("ln.weight 8x12", "ln.bias 8x12", "fc.weight 10x96", "fc.bias 10"));

    assertThat(texts(network)).containsExactly("fc: 97 x 10, Linear, out-in");
    assertThat(network.notices())
        .containsExactly("83.4 % of 1,162 values on crossbars; digital: ln.weight, ln.bias");
    assertThatThrownBy(() -> layers("norm1.weight 8x12"))
        .hasMessageContaining("norm1.weight [8, 12]: is called a normalisation and has no bias");
  }

  @Test
  void share_allOfIt_saysSo() {
    assertThat(MappedNetwork.of(parameters("fc.weight 10x96", "fc.bias 10")).share())
        .isEqualTo("all 970 values on crossbars")
        .matches(MappedNetwork::isShare);
  }

  @Test
  void of_oneInputChannel_isAGroupEachWhereSeveralChannelsCome() {
    MappedNetwork network =
        MappedNetwork.of(
            parameters(
                "stem.weight 8x3x3x3", "dw.weight 8x1x3x3", "dw.bias 8", "pw.weight 4x8x1x1"));

    // 8 groups of 9 inputs and a bias, with an output each.
    assertThat(texts(network))
        .containsExactly(
            "stem: 27 x 8, Conv2d, out-in",
            "dw: 80 x 1, Conv2d, out-in, 8 groups",
            "pw: 8 x 4, Conv2d, out-in");
    assertThat(network.notes())
        .containsExactly(
            "dw.weight [8, 1, 3, 3] is taken as a convolution of 8 groups, as 8 channels come");
  }

  @Test
  void of_oneInputChannelFirst_goesByWhatFollows() {
    MappedNetwork depthwise =
        MappedNetwork.of(parameters("dw.weight 32x1x3x3", "dw.bias 32", "pw.weight 16x32x1x1"));
    assertThat(texts(depthwise))
        .containsExactly("dw: 320 x 1, Conv2d, out-in, 32 groups", "pw: 32 x 16, Conv2d, out-in");
    assertThat(depthwise.notes())
        .containsExactly(
            "dw.weight [32, 1, 3, 3] is taken as a convolution of 32 groups, as pw behind it is pointwise; groups: 1 in the experiment's layers makes it one of one input channel");
    assertThat(layers("conv1.weight 6x1x5x5", "conv1.bias 6", "conv2.weight 16x6x5x5"))
        .containsExactly("conv1: 26 x 6, Conv2d, out-in", "conv2: 150 x 16, Conv2d, out-in");
  }

  @Test
  void of_bottlenecksOnOneChannel_haveAStemOfOneChannel() {
    // As ResNet-50 on grey images: a pointwise convolution behind the first, but 3 x 3 of 64 later.
    assertThat(
            layers(
                "conv1.weight 64x1x7x7",
                "l.conv1.weight 64x64x1x1",
                "l.conv2.weight 64x64x3x3",
                "l.conv3.weight 256x64x1x1"))
        .startsWith("conv1: 49 x 64, Conv2d, out-in");
  }

  @Test
  void of_oneInputChannelThatNothingTells_isRefused() {
    // As many as come, but these are sorted by name and the network's input goes elsewhere.
    assertThatThrownBy(
            () ->
                layers("dw.weight 96x1x7x7", "dw.bias 96", "stem.weight 96x3x4x4", "stem.bias 96"))
        .hasMessageContaining("{match: 'dw', groups: 96}  # Conv2d: 4800 rows x 1 columns")
        .hasMessageContaining("{match: 'dw', groups: 1}  # Conv2d: 50 rows x 96 columns");
    assertThatThrownBy(
            () -> layers("a.weight 64x64x3x3", "b.weight 64x64x3x3", "head.weight 64x1x3x3"))
        .hasMessageContaining("head.weight [64, 1, 3, 3]: takes 1 channel where 64 come");
    assertThatThrownBy(
            () -> layers("c1.weight 58x3x3x3", "c2.weight 116x1x3x3", "c3.weight 58x116x1x1"))
        .hasMessageContaining("{match: 'c2', groups: 116}")
        .hasMessageContaining("{match: 'c2', groups: 58}");
  }

  @Test
  void of_normalisationBehind_saysThatOutputsComeFirst() {
    // As a U-Net: transposed convolutions with biases, convolutions without and normalised.
    assertThat(
            layers(
                "inc.0.weight 64x3x3x3",
                "inc.1.weight 64",
                "inc.1.bias 64",
                "up.weight 64x32x2x2",
                "up.bias 32"))
        .containsExactly("inc.0: 27 x 64, Conv2d, out-in", "up: 65 x 128, ConvTranspose2d, in-out");
    // As a DenseNet: the normalisation behind is of another block.
    assertThat(
            layers(
                "stem.weight 64x3x7x7",
                "d1.conv1.weight 128x64x1x1",
                "d1.conv2.weight 32x128x3x3",
                "d2.norm1.weight 128",
                "d2.norm1.bias 128",
                "d2.conv1.weight 128x96x1x1"))
        .hasSize(4);
  }

  @Test
  void of_networksOfOneTensorEach_haveOutputsFirst() {
    assertThat(
            texts(
                MappedNetwork.outputsFirst(
                    parameters(
                        "conv1.weight 64x1x7x7",
                        "bn.weight 64",
                        "l.weight 64x64x1x1",
                        "l.bias 64"))))
        .containsExactly("conv1: 49 x 64, Conv2d, out-in", "l: 65 x 64, Conv2d, out-in");
  }

  @Test
  void of_ruleOfGroupsAlone_leavesTheAxesToInference() {
    assertThat(texts(ruled(parameters("up.weight 8x3x4x4", "up.bias 6"), groups("up", 2))))
        .containsExactly("up: 10 x 48, ConvTranspose2d, in-out, 2 groups");
    assertThatThrownBy(() -> ruled(parameters("a.weight 64x32x3"), kind("a", "Conv1D")))
        .hasMessage(
            "x.yml:3: layers[0]: the weight of a Conv1D has 2 dimensions, but a.weight is [64, 32, 3]");
  }

  @Test
  void of_partOfTheChannels_mayBeGroups() {
    assertThatThrownBy(
            () -> layers("c1.weight 128x3x1x1", "c2.weight 128x4x3x3", "c3.weight 256x128x1x1"))
        .hasMessageContaining("c2.weight [128, 4, 3, 3]: takes 4 channels where 128 come")
        .hasMessageContaining("{match: 'c2', groups: 32}  # Conv2d: 1152 rows x 4 columns")
        .hasMessageContaining("{match: 'c2', groups: 1}  # Conv2d: 36 rows x 128 columns");
    // As in a residual network: the branch beside has what came before.
    assertThat(layers("c1.weight 64x3x7x7", "c2.weight 128x64x3x3", "down.weight 128x64x1x1"))
        .hasSize(3);
  }

  @Test
  void of_weightsWithoutBiasThatChainInputsFirst_areRefused() {
    assertThatThrownBy(() -> layers("a.weight 100x512x4x4", "b.weight 512x256x4x4"))
        .hasMessageContaining("goes with its neighbours if its inputs come first")
        .hasMessageContaining(
            "{match: 'a', axes: in-out}  # ConvTranspose2d: 100 rows x 8192 columns");
    assertThatThrownBy(
            () ->
                layers(
                    "a.weight 100x512x4x4", "bn.weight 512", "bn.bias 512", "b.weight 3x512x1x1"))
        .hasMessageContaining("a.weight [100, 512, 4, 4]");
    assertThat(layers("a.weight 64x3x4x4", "bn.weight 64", "bn.bias 64", "b.weight 128x64x4x4"))
        .hasSize(2);
  }

  @Test
  void of_weightsWithoutBiasThatAreSortedByName_areRefusedIfTheyGoTogetherEitherWay() {
    // hidden 64 x 128 behind input 128 x 784, or before it with inputs first.
    assertThatThrownBy(
            () -> layers("head.weight 10x64", "hidden.weight 64x128", "input.weight 128x784"))
        .hasMessageContaining("hidden.weight [64, 128]: has no bias, and goes with its neighbours");
    // A bias tells of its neighbours too.
    assertThat(
            layers(
                "head.bias 10",
                "head.weight 10x64",
                "hidden.weight 64x128",
                "input.weight 128x784"))
        .hasSize(3);
    // In the network's order there is nothing to ask.
    assertThat(layers("input.weight 128x784", "hidden.weight 64x128", "head.weight 10x64"))
        .hasSize(3);
  }

  @Test
  void of_ruleOfInputsFirst_saysThatOthersMayHaveThemTooWhereTheyFitBoth() {
    assertThatThrownBy(
            () ->
                ruled(
                    parameters("proj.weight 48x96", "out.weight 48x48", "out.bias 48"),
                    axes("proj", "in-out")))
        .hasMessageContaining(
            "out.weight [48, 48], out.bias [48]: fits both, and others here have their inputs first");
  }

  @Test
  void of_partOfTheChannelsThatAnotherBlockGives_mayBeGroups() {
    // As ResNeXt-101 32x8d, whose last stage takes 64 channels a group, as many as the stem gives.
    assertThatThrownBy(
            () ->
                layers(
                    "conv1.weight 64x3x7x7",
                    "layer4.0.conv1.weight 2048x64x1x1",
                    "layer4.0.conv2.weight 2048x64x3x3",
                    "layer4.0.conv3.weight 2048x2048x1x1"))
        .hasMessageContaining("{match: 'layer4.*.conv2', groups: 32}");
  }

  @Test
  void of_whatMayBeAnEmbedding_isRefused() {
    assertThatThrownBy(() -> layers("wte.weight 50x16", "fc.weight 8x16", "fc.bias 8"))
        .hasMessageContaining("{match: 'wte', kind: Embedding}  # Embedding: 50 rows x 16 columns");
    assertThatThrownBy(() -> layers("tok.weight 50x16", "lstm.weight_ih_l0 32x16"))
        .hasMessageContaining("tok.weight [50, 16]: may be an embedding");
    assertThat(layers("fc1.weight 50x16", "fc2.weight 8x50")).hasSize(2);
    // Fewer words than the vectors are wide; as many, before a recurrent layer.
    assertThatThrownBy(() -> layers("tok.weight 65x128", "head.weight 9x128", "head.bias 9"))
        .hasMessageContaining("tok.weight [65, 128]: may be an embedding");
    assertThatThrownBy(() -> layers("tok.weight 128x128", "gru.weight_ih_l0 384x128"))
        .hasMessageContaining("tok.weight [128, 128]: may be an embedding");
    // A last layer, by its number.
    assertThat(layers("fc1.weight 64x20", "fc2.weight 64x64", "fc3.weight 10x64")).hasSize(3);
    // Sorted by name, and of three dimensions behind; a weight may be called so in any case.
    assertThatThrownBy(() -> layers("d.weight 165x128", "d.bias 165", "e.weight 165x128"))
        .hasMessageContaining("e.weight [165, 128]: may be an embedding");
    assertThatThrownBy(() -> layers("tok.weight 5000x64", "conv.weight 100x64x3"))
        .hasMessageContaining("tok.weight [5000, 64]: may be an embedding");
    assertThatThrownBy(() -> layers("wordEmbedding.weight 50x16", "fc.weight 8x50", "fc.bias 8"))
        .hasMessageContaining("wordEmbedding.weight [50, 16]: may be an embedding");
  }

  @Test
  void of_parameterThatNoRuleCovers_isRefusedUnlessItIsAVector() {
    assertThatThrownBy(() -> layers("fc.weight 4x3", "pos_embed 1x5x4"))
        .hasMessage(
            """
            names and shapes do not tell how these lie on crossbars:
              pos_embed [1, 5, 4]: no module is known by this name
            say it in layers.json beside the trace, or by one line for each in the experiment:
            layers:
              - {match: 'pos_embed', on: digital}  # not on crossbars
              - {match: 'pos_embed', axes: out-in}  # outputs first: 20 rows x 1 columns
              - {match: 'pos_embed', axes: in-out}  # inputs first: 1 rows x 20 columns""");
    assertThat(
            MappedNetwork.of(parameters("fc.weight 4x3", "cls_token 1x1x4", "scale 4")).digital())
        .extracting(ParameterShape::name)
        .containsExactly("cls_token", "scale");
  }

  @Test
  void of_twoDimensionsOfWhichOneIsOne_mayBeALayer() {
    assertThatThrownBy(() -> layers("fc.weight 4x3", "W1 64x1"))
        .hasMessage(
            """
            names and shapes do not tell how these lie on crossbars:
              W1 [64, 1]: no module is known by this name
            say it in layers.json beside the trace, or by one line for each in the experiment:
            layers:
              - {match: 'W1', on: digital}  # not on crossbars
              - {match: 'W1', axes: out-in}  # outputs first: 1 rows x 64 columns
              - {match: 'W1', axes: in-out}  # inputs first: 64 rows x 1 columns""");
    assertThatThrownBy(() -> layers("fc.weight 4x3", "log_std 1x6"))
        .hasMessageContaining("log_std [1, 6]: no module is known by this name");
    List<ParameterShape> parameters = parameters("fc.weight 4x3", "W2 1x64", "log_std 1x6");
    assertThat(texts(ruled(parameters, axes("W2", "out-in"), digital("log_std"))))
        .containsExactly("fc: 3 x 4, Linear, out-in", "W2: 64 x 1, Linear, out-in");
    // Critic's last layer by weight_norm: the weight that it computes is on crossbars.
    assertThatThrownBy(() -> layers("fc.weight 4x3", "critic.weight_g 1x1", "critic.weight_v 1x64"))
        .hasMessageContaining(
            "critic.weight_v [1, 64]: the weight on crossbars is computed from it")
        .hasMessageNotContaining("weight_g");
  }

  @Test
  void of_vectorsOfAnyDimensions_areDigital() {
    // Class token, layer scale, logit scale, attention's own key, and a bias with a dimension more.
    assertThat(
            MappedNetwork.of(
                    parameters(
                        "fc.weight 4x3",
                        "cls_token 1x1x4",
                        "layer_scale 96x1x1",
                        "gamma 96",
                        "logit_scale 4x1x1",
                        "a.bias_k 1x1x16",
                        "b.bias 1x64"))
                .digital())
        .hasSize(6);
  }

  @Test
  void of_tableThatSaysNothingOfAMatrixOfOneOutput_isRefused() {
    LayerTable table =
        new LayerTable(
            "layers.json",
            List.of(
                new LayerTable.Entry(
                    "fc",
                    "Linear",
                    "fc.weight",
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    1)),
            List.of("log_std"));

    assertThatThrownBy(
            () ->
                MappedNetwork.of(
                    parameters("fc.weight 4x3", "log_std 1x6", "rnn.weight_ih_l0 64x1"),
                    Optional.of(table),
                    List.of()))
        .hasMessageContaining("rnn.weight_ih_l0 [64, 1]: layers.json says nothing of it")
        .hasMessageNotContaining("log_std");
  }

  @Test
  void of_manyThatCannotBeTold_hasTheLinesOfAll() {
    String[] names = IntStream.range(0, 30).mapToObj(i -> "w" + i + " 4x3").toArray(String[]::new);

    assertThatThrownBy(() -> layers(names))
        .hasMessageContaining(
            "  - {match: 'w29', axes: in-out}  # inputs first: 4 rows x 3 columns")
        .hasMessageNotContaining("more");
    String[] more = IntStream.range(0, 201).mapToObj(i -> "w" + i + " 4x3").toArray(String[]::new);
    assertThatThrownBy(() -> layers(more))
        .hasMessageContaining("\n  and 1 more, which are asked of when these are said\n");
  }

  @Test
  void of_rulesThatLeaveNothing_areRefusedWithTheirPlace() {
    assertThatThrownBy(
            () -> ruled(parameters("a.weight 4x3", "b.weight 3x4"), digital("a"), digital("*")))
        .hasMessage(
            "x.yml:3: layers[0]: no layer is left on crossbars, as rules take off a, b; leave at least one");
  }

  @Test
  void of_problemsOfRulesAndNetwork_areToldApart() {
    assertThatThrownBy(() -> ruled(parameters("fc.weight 4x3", "pos 2x3"), digital("poss")))
        .isInstanceOfSatisfying(
            MappingException.class,
            e -> {
              assertThat(e.ofRules())
                  .containsExactly(
                      "x.yml:3: layers[0]: match 'poss' matches nothing; there are fc, pos, fc.weight");
              assertThat(e.ofNetwork()).singleElement().asString().contains("pos [2, 3]");
            });
  }

  @Test
  void of_parametersOfAWeight_areRefusedWithTheWayOut() {
    for (String[] names :
        new String[][] {
          {"fc.weight_g 4x1", "fc.weight_v 4x3"},
          {"fc.parametrizations.weight.original0 4x1", "fc.parametrizations.weight.original1 4x3"}
        }) {
      assertThatThrownBy(() -> layers(names[0], names[1], "out.weight 2x4"))
          .hasMessageContaining(
              "the weight on crossbars is computed from it; record that one's gradient")
          .hasMessageContaining("{match: 'fc', on: digital}");
    }
  }

  @Test
  void of_wrappersInFrontOfNames_areNoPartOfTheLayersName() {
    assertThat(
            layers(
                "module.a.weight 4x3",
                "_orig_mod.module.b.weight 4x4",
                "module.c._orig_mod.weight 2x4",
                "module.weight 2x2"))
        .containsExactly(
            "a: 3 x 4, Linear, out-in",
            "b: 4 x 4, Linear, out-in",
            "c: 4 x 2, Linear, out-in",
            "weight: 2 x 2, Linear, out-in");
  }

  @Test
  void of_rules_countBeforeInferenceAndTheFirstOfThemCounts() {
    List<ParameterShape> parameters =
        parameters(
            "h.0.fc.weight 24x24",
            "h.0.fc.bias 24",
            "h.0.out.weight 8x24",
            "h.0.out.bias 8",
            "x.weight 3x3");

    assertThat(
            texts(
                ruled(
                    parameters,
                    kind("h.*.fc", "Conv1D"),
                    axes("h.*", "out-in"),
                    digital("x.weight"))))
        .containsExactly("h.0.fc: 25 x 24, Conv1D, in-out", "h.0.out: 25 x 8, Linear, out-in");
    MappedNetwork without =
        ruled(parameters, digital("h.0.fc.bias"), axes("h.0.fc", "in-out"), digital("?.weight"));
    assertThat(texts(without).get(0)).isEqualTo("h.0.fc: 24 x 24, Conv1D, in-out");
    assertThat(without.digital())
        .extracting(ParameterShape::name)
        .containsExactly("h.0.fc.bias", "x.weight");
    assertThat(texts(ruled(parameters("dw.weight 6x1x3x3", "dw.bias 6"), groups("dw", 3))))
        .containsExactly("dw: 30 x 2, Conv2d, out-in, 3 groups");
    assertThat(
            texts(
                ruled(
                    parameters("dense.kernel 5x4", "a.weight 3x5", "a.bias 3"),
                    axes("dense.kernel", "in-out"))))
        .containsExactly("dense.kernel: 5 x 4, Conv1D, in-out", "a: 6 x 3, Linear, out-in");
  }

  @Test
  void of_ruleThatMatchesNothingOrDoesNotFit_isRefusedWithItsPlace() {
    List<ParameterShape> parameters = parameters("fc.weight 4x3", "fc.bias 4", "bn.weight 4");

    assertThatThrownBy(() -> ruled(parameters, digital("fc1")))
        .hasMessage(
            "x.yml:3: layers[0]: match 'fc1' matches nothing; there are fc, bn, fc.weight, fc.bias, bn.weight");
    assertThatThrownBy(() -> ruled(parameters, axes("fc", "in-out")))
        .hasMessage(
            "x.yml:3: layers[0]: fc.bias [4] is no bias of fc.weight [4, 3], whose axes are in-out");
    assertThatThrownBy(() -> ruled(parameters, groups("fc", 3)))
        .hasMessage(
            "x.yml:3: layers[0]: layer fc: fc.weight [4, 3] is not to be cut into 3 groups; allowed: what divides its first dimension");
    assertThatThrownBy(() -> ruled(parameters, axes("bn", "in-out")))
        .hasMessage(
            "x.yml:3: layers[0]: match 'bn' matches no weight of two or more dimensions that a rule before it does not match");
    assertThatThrownBy(() -> axes("fc", "in-in"))
        .hasMessageContaining("axes 'in-in' are not allowed");
    assertThatThrownBy(() -> kind("fc", "Lineer"))
        .hasMessageContaining("kind 'Lineer' is not known");
    assertThatThrownBy(() -> ruled(parameters, axes("fc", "in-out-out")))
        .hasMessageContaining("axes 'in-out-out' are 3, but the weight has 2 dimensions");
  }

  @Test
  void of_table_isTakenAsItIs() {
    List<ParameterShape> parameters =
        parameters("wte 50x16", "h.c.weight 16x16", "h.c.bias 16", "pos 5x16");
    LayerTable table =
        new LayerTable(
            "layers.json",
            List.of(
                new LayerTable.Entry(
                    "h.c",
                    "Conv1D",
                    "h.c.weight",
                    Optional.of("h.c.bias"),
                    OptionalInt.empty(),
                    Optional.empty(),
                    1),
                new LayerTable.Entry(
                    "wte",
                    "Embedding",
                    "wte",
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    1),
                new LayerTable.Entry(
                    "frozen",
                    "Linear",
                    "frozen.weight",
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    1)),
            List.of("pos"));

    MappedNetwork network = MappedNetwork.of(parameters, Optional.of(table), List.of());

    assertThat(texts(network))
        .containsExactly("h.c: 17 x 16, Conv1D, in-out", "wte: 50 x 16, Embedding, in-out");
    assertThat(network.notices())
        .containsExactly(
            "no gradient in any iteration, and so no writes: frozen",
            "93.0 % of 1,152 values on crossbars; digital: pos");
    assertThat(texts(MappedNetwork.of(parameters, Optional.of(table), List.of(digital("wte")))))
        .containsExactly("h.c: 17 x 16, Conv1D, in-out");
    assertThat(
            texts(MappedNetwork.of(parameters, Optional.of(table), List.of(axes("pos", "in-out")))))
        .endsWith("pos: 5 x 16, Conv1D, in-out");
    assertThatThrownBy(
            () ->
                MappedNetwork.of(
                    parameters,
                    Optional.of(new LayerTable("layers.json", table.layers(), List.of())),
                    List.of()))
        .hasMessageContaining("pos [5, 16]: layers.json says nothing of it");
  }

  @Test
  void of_ruleOfALayerThatIsFrozenHere_isNoMistake() {
    LayerTable table =
        new LayerTable(
            "layers.json",
            Stream.of("fc1", "fc2")
                .map(
                    name ->
                        new LayerTable.Entry(
                            name,
                            "Linear",
                            name + ".weight",
                            Optional.empty(),
                            OptionalInt.empty(),
                            Optional.empty(),
                            1))
                .toList(),
            List.of());

    assertThat(
            texts(
                MappedNetwork.of(
                    parameters("fc2.weight 2x4"), Optional.of(table), List.of(digital("fc1")))))
        .containsExactly("fc2: 4 x 2, Linear, out-in");
  }

  @Test
  void of_twoOfOneName_areRefused() {
    assertThatThrownBy(() -> layers("fc.bias 2", "fc.weight 2x3", "fc.bias 3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Two parameters are named fc.bias, of shapes [2] and [3]");
    assertThatThrownBy(
            () -> layers("fc.weight 2x3", "fc.bias 2", "module.fc.weight 2x3", "module.fc.bias 2"))
        .hasMessage("Two layers are named fc: those of fc.weight and module.fc.weight");
  }

  @Test
  void layerShape_ofMap_isTheMatrixOfItsAxes() {
    LayerShape heads =
        LayerShape.of(
            "q",
            new ParameterShape("q.kernel", List.of(16, 4, 8)),
            Optional.of(new ParameterShape("q.bias", List.of(4, 8))),
            org.sgsars.model.LayerMap.inOut("DenseGeneral", 3));

    assertThat(heads.rows()).isEqualTo(17);
    assertThat(heads.columns()).isEqualTo(32);
    assertThat(heads.hasBias()).isTrue();
  }
}
