package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.LayerMap;
import org.sgsars.model.ParameterShape;

/**
 * Tells from names and shapes how weights lie of which nothing else says it. Most modules have
 * outputs first; that is taken where nothing speaks against it:
 *
 * <ul>
 *   <li>A bias has as many values as there are outputs.
 *   <li>A bias of the weight's own shape, of two or more dimensions, is a normalisation's.
 *   <li>In a network with a weight whose bias says inputs first, a weight of as many dimensions
 *       that has no bias, or as many inputs as outputs, may be either.
 *   <li>Weights without biases that follow each other with inputs first and with outputs first not,
 *       or whose normalisation has as many values as they have inputs, may be either.
 *   <li>A weight without bias whose shorter side others take, and nobody its longer one, may be an
 *       embedding, and so may one that is called so; one that is called a normalisation may be
 *       that.
 *   <li>A convolution of one input channel has a group for each, if as many come as it has outputs.
 *       As the first it has groups if the one behind it is pointwise and no kernel sees several
 *       channels, and one input channel otherwise. Where that does not tell, it may be either.
 *   <li>A convolution whose inputs are a part of what comes, and nothing has so few outputs, may
 *       have groups or not.
 * </ul>
 */
final class AxisInference {
  /** What a weight may be where there is a choice: a rule that says so, and what it would be. */
  record Choice(String rule, Optional<LayerMap> map) {}

  /**
   * What became of a weight.
   *
   * @param map how it lies; null if it is not on crossbars or cannot be told
   * @param note what was chosen, for people
   * @param choices what it may be, if it cannot be told
   * @param why it cannot be told; empty otherwise
   */
  record Finding(@Nullable LayerMap map, Optional<String> note, List<Choice> choices, String why) {
    static Finding of(LayerMap map) {
      return new Finding(map, Optional.empty(), List.of(), "");
    }

    static Finding digital() {
      return new Finding(null, Optional.empty(), List.of(), "");
    }

    static Finding chosen(LayerMap map, String note) {
      return new Finding(map, Optional.of(note), List.of(), "");
    }

    static Finding unclear(String why, Choice... choices) {
      return new Finding(null, Optional.empty(), List.of(choices), why);
    }
  }

  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(.*[._])?((\\w*_)?emb(s|ed\\w*)?|wte|wpe)([._].*)?|.*embed(ding)?.*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NORMALISATION =
      Pattern.compile("(.*[._])?(\\w*norm\\w*|ln\\w*|bn\\w*)", Pattern.CASE_INSENSITIVE);

  private final List<ParameterShape> parameters;
  private final List<Candidate> all;

  /** Those that nothing but names and shapes says anything of. */
  private final List<Candidate> inferred;

  /**
   * @param parameters all of the network, in order
   * @param all weights in order, those among them of which it is known how they lie
   */
  AxisInference(List<ParameterShape> parameters, List<Candidate> all) {
    this.parameters = parameters;
    this.all = all;
    this.inferred = all.stream().filter(c -> c.map == null && !c.isDigital).toList();
  }

  Finding find(Candidate weight) {
    int dimensions = weight.dimensions();
    LayerMap outIn = LayerMap.outIn(LayerKind.outIn(dimensions), dimensions);
    LayerMap inOut = LayerMap.inOut(LayerKind.inOut(dimensions), dimensions);
    if (weight.name.role() == TensorName.Role.OUT_IN_WEIGHT) {
      return named(weight);
    }
    if (weight.bias.isPresent() && weight.bias.get().shape().equals(weight.shape())) {
      return Finding.digital();
    }
    boolean fitsOutIn = fits(weight, true);
    boolean fitsInOut = fits(weight, false);
    if (weight.bias.isPresent() && !fitsOutIn) {
      return fitsInOut
          ? Finding.of(inOut.inGroups(weight.groups.orElse(1)))
          : noAxis(weight, inOut);
    }
    Choice asOutIn = new Choice("axes: out-in", Optional.of(outIn));
    Choice asInOut = new Choice("axes: in-out", Optional.of(inOut));
    if (weight.bias.isEmpty()) {
      if (NORMALISATION.matcher(weight.layer).matches()) {
        return Finding.unclear(
            "is called a normalisation and has no bias",
            asOutIn,
            new Choice("on: digital", Optional.empty()));
      }
      boolean isCalledEmbedding = EMBEDDING.matcher(weight.layer).matches();
      if (dimensions == 2 && (isCalledEmbedding || feedsAsEmbedding(weight))) {
        return Finding.unclear(
            "may be an embedding",
            asOutIn,
            new Choice("kind: Embedding", Optional.of(LayerMap.inOut("Embedding", 2))));
      }
    }
    boolean isNormalised = weight.bias.isEmpty() && normalisedOutputsFirst(weight);
    if (fitsInOut && hasInputsFirst(weight) && !isNormalised) {
      return Finding.unclear(
          "fits both, and others here have their inputs first", asOutIn, asInOut);
    }
    if (weight.bias.isEmpty() && (chainsInputsFirst(weight) || normalisedInputsFirst(weight))) {
      return Finding.unclear(
          "has no bias, and goes with its neighbours if its inputs come first", asOutIn, asInOut);
    }
    if (weight.groups.isPresent()) {
      return Finding.of(outIn.inGroups(weight.groups.getAsInt()));
    }
    return weight.isConvolution() ? grouped(weight, outIn) : Finding.of(outIn);
  }

  /** Whether as many values as the weight's outputs could be the bias; none always could. */
  private static boolean fits(Candidate weight, boolean outputsFirst) {
    if (weight.bias.isEmpty()) {
      return true;
    }
    List<Integer> bias = weight.bias.get().shape();
    return outputsFirst
        ? bias.equals(List.of(weight.first()))
        : weight.groups.isPresent()
            ? bias.equals(List.of(weight.groups.getAsInt() * weight.second()))
            : bias.size() < weight.dimensions()
                && bias.equals(weight.shape().subList(1, 1 + bias.size()));
  }

  /** Weights of modules whose parameters have names of their own. */
  private Finding named(Candidate weight) {
    String kind = weight.name.isRecurrent() ? recurrentKind(weight) : "MultiheadAttention";
    LayerMap map = LayerMap.outIn(kind, weight.dimensions());
    if (weight.bias.isPresent() && weight.name.sharesBias()) {
      return Finding.of(map.biasFrom(weight.name.part() * weight.first()));
    }
    return fits(weight, true) ? Finding.of(map) : noAxis(weight, map);
  }

  /** By how many gates there are. */
  private String recurrentKind(Candidate weight) {
    String last = weight.name.last();
    String hidden = last.replaceFirst("weight_(ih|hr)", "weight_hh");
    String prefix =
        weight.weight.name().substring(0, weight.weight.name().length() - last.length());
    for (ParameterShape parameter : parameters) {
      if (parameter.name().equals(prefix + hidden) && parameter.shape().size() == 2) {
        int gates = parameter.shape().get(0) / parameter.shape().get(1);
        return gates == 1 ? "RNN" : gates == 3 ? "GRU" : "LSTM";
      }
    }
    return "LSTM";
  }

  private static Finding noAxis(Candidate weight, LayerMap inOut) {
    List<Choice> choices = new ArrayList<>();
    long outputs = weight.bias.orElseThrow().elements();
    boolean isGroups =
        weight.bias.get().shape().size() == 1
            && outputs % weight.second() == 0
            && weight.first() % (outputs / weight.second()) == 0;
    if (isGroups) {
      int groups = (int) (outputs / weight.second());
      choices.add(
          new Choice("axes: in-out, groups: " + groups, Optional.of(inOut.inGroups(groups))));
    }
    choices.add(new Choice("on: digital", Optional.empty()));
    return Finding.unclear("the bias fits no axis", choices.toArray(Choice[]::new));
  }

  /** Whether the bias of some weight of the same kind says that inputs come first. */
  private boolean hasInputsFirst(Candidate weight) {
    return all.stream()
        .anyMatch(
            other ->
                other.isConvolution() == weight.isConvolution()
                    && other.name.role() == TensorName.Role.WEIGHT
                    && !other.isDigital
                    && other.bias.isPresent()
                    && !other.bias.get().shape().equals(other.shape())
                    && !fits(other, true)
                    && fits(other, false));
  }

  private List<Candidate> withoutBias(boolean convolutions) {
    return inferred.stream()
        .filter(
            other ->
                other.bias.isEmpty()
                    && other.name.role() == TensorName.Role.WEIGHT
                    && other.isConvolution() == convolutions)
        .toList();
  }

  /**
   * Whether weights without biases follow each other with inputs first, and never otherwise. In
   * another order of the parameters the same weights may chain the other way round; so both are
   * asked.
   */
  private boolean chainsInputsFirst(Candidate weight) {
    List<Candidate> chain = withoutBias(weight.isConvolution());
    boolean chains = false;
    for (int i = 0; i + 1 < chain.size(); i++) {
      Candidate next = chain.get(i + 1);
      if (chain.get(i).first() == next.second()) {
        return false;
      }
      chains |= chain.get(i).second() == next.first();
    }
    return chains;
  }

  /**
   * Values of the normalisation behind a convolution, if there is one beside it; 0 otherwise. Both
   * its parameters have as many, so that it does not matter which comes first.
   */
  private int normalisedBehind(Candidate weight) {
    int behind = parameters.indexOf(weight.weight) + 1;
    if (!weight.isConvolution() || behind == parameters.size()) {
      return 0;
    }
    ParameterShape next = parameters.get(behind);
    boolean isBeside =
        parent(TensorName.of(next.name()).layer()).equals(parent(weight.layer))
            && (next.name().endsWith(".weight") || next.name().endsWith(".bias"));
    return isBeside && next.shape().size() == 1 ? next.shape().get(0) : 0;
  }

  private static String parent(String layer) {
    return layer.substring(0, Math.max(0, layer.lastIndexOf('.')));
  }

  private boolean normalisedInputsFirst(Candidate weight) {
    return weight.second() != 1
        && weight.first() != weight.second()
        && normalisedBehind(weight) == weight.second();
  }

  private boolean normalisedOutputsFirst(Candidate weight) {
    return weight.first() != weight.second() && normalisedBehind(weight) == weight.first();
  }

  /**
   * Whether others take what would come out of an embedding, and nobody what a layer would give.
   */
  private boolean feedsAsEmbedding(Candidate weight) {
    return weight.first() > weight.second()
        && all.stream().anyMatch(o -> o != weight && o.second() == weight.second())
        && all.stream().noneMatch(o -> o != weight && o.second() == weight.first());
  }

  private List<Candidate> convolutions() {
    return convolutions(all);
  }

  private static List<Candidate> convolutions(List<Candidate> of) {
    return of.stream().filter(c -> c.isConvolution() && !c.isDigital).toList();
  }

  /** Whether it takes what no convolution gives: the network's own input, as far as one can see. */
  private boolean isStem(Candidate convolution) {
    return convolution.second() > 1
        && convolutions().stream()
            .noneMatch(o -> o != convolution && outputs(o) == convolution.second());
  }

  private Finding grouped(Candidate weight, LayerMap plain) {
    int at = all.indexOf(weight);
    List<Candidate> before = convolutions(all.subList(0, at));
    int coming = before.isEmpty() ? 0 : outputs(before.get(before.size() - 1));
    int inputs = weight.second();
    if (inputs == 1 && weight.first() > 1) {
      return before.isEmpty()
          ? firstOfOneInput(weight, at, plain)
          : ofOneInput(weight, coming, isStem(before.get(0)), plain);
    }
    boolean mayBePart =
        inputs > 1
            && coming > inputs
            && coming % inputs == 0
            && weight.first() % (coming / inputs) == 0
            && convolutions().stream().noneMatch(o -> o != weight && outputs(o) == inputs);
    if (mayBePart) {
      int groups = coming / inputs;
      return Finding.unclear(
          "takes %d channels where %d come".formatted(inputs, coming),
          new Choice("groups: " + groups, Optional.of(plain.inGroups(groups))),
          new Choice("groups: 1", Optional.of(plain)));
    }
    return Finding.of(plain);
  }

  private Finding ofOneInput(Candidate weight, int coming, boolean hasStem, LayerMap plain) {
    if (coming == 1) {
      return Finding.of(plain);
    }
    if (weight.first() == coming && hasStem) {
      return Finding.chosen(
          plain.inGroups(coming),
          "%s %s is taken as a convolution of %d groups, as %d channels come"
              .formatted(weight.weight.name(), weight.shape(), coming, coming));
    }
    return oneOrGroups(weight, "takes 1 channel where %d come".formatted(coming), coming, plain);
  }

  private static Finding oneOrGroups(Candidate weight, String why, int coming, LayerMap plain) {
    List<Choice> choices = new ArrayList<>();
    int first = weight.first();
    choices.add(new Choice("groups: " + first, Optional.of(plain.inGroups(first))));
    if (coming > 1 && coming != first && first % coming == 0) {
      choices.add(new Choice("groups: " + coming, Optional.of(plain.inGroups(coming))));
    }
    choices.add(new Choice("groups: 1", Optional.of(plain)));
    return Finding.unclear(why, choices.toArray(Choice[]::new));
  }

  private Finding firstOfOneInput(Candidate weight, int at, LayerMap plain) {
    List<Candidate> others = convolutions().stream().filter(c -> c != weight).toList();
    if (others.stream().anyMatch(this::isStem)) {
      return oneOrGroups(
          weight, "takes 1 channel, and the network's input goes elsewhere", 0, plain);
    }
    Optional<Candidate> next =
        all.subList(at + 1, all.size()).stream().filter(Candidate::isConvolution).findFirst();
    // Where kernels of others see several channels, convolutions are not depthwise here.
    boolean isDepthwise =
        next.filter(n -> n.isPointwise() && !weight.isPointwise() && n.second() == weight.first())
                .isPresent()
            && others.stream().allMatch(c -> c.isPointwise() || c.second() == 1);
    return isDepthwise
        ? Finding.chosen(
            plain.inGroups(weight.first()),
            "%s %s is taken as a convolution of %d groups, as %s behind it is pointwise; groups: 1 in the experiment's layers makes it one of one input channel"
                .formatted(
                    weight.weight.name(), weight.shape(), weight.first(), next.orElseThrow().layer))
        : Finding.chosen(
            plain,
            "%s %s is taken as a convolution of one input channel, as it is the first"
                .formatted(weight.weight.name(), weight.shape()));
  }

  /** Channels that a convolution gives. */
  private static int outputs(Candidate convolution) {
    LayerMap map = convolution.map;
    return map != null && map.axesText().startsWith("in")
        ? convolution.second() * map.groups()
        : convolution.first();
  }
}
