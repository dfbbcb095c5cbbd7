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
 *   <li>A first weight whose rows fit what follows may be an embedding, and so may one that is
 *       called so; one that is called a normalisation may be that.
 *   <li>A convolution of one input channel behind one of several outputs has groups. As the first
 *       it has groups if the one behind it is pointwise, and one input channel otherwise.
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
      Pattern.compile("(.*[._])?((\\w*_)?emb(ed\\w*)?|wte|wpe)([._].*)?|.*embedding.*");
  private static final Pattern NORMALISATION =
      Pattern.compile("(.*[._])?(\\w*norm\\w*|ln\\w*|bn\\w*)");

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
      return fitsInOut ? Finding.of(inOut) : noAxis(weight, inOut);
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
      if (dimensions == 2 && (EMBEDDING.matcher(weight.layer).matches() || feedsNext(weight))) {
        return Finding.unclear(
            "may be an embedding",
            asOutIn,
            new Choice("kind: Embedding", Optional.of(LayerMap.inOut("Embedding", 2))));
      }
    }
    if (fitsInOut && hasInputsFirst(weight)) {
      return Finding.unclear(
          "fits both, and others here have their inputs first", asOutIn, asInOut);
    }
    if (weight.bias.isEmpty() && (chainsInputsFirst(weight) || normalisedInputsFirst(weight))) {
      return Finding.unclear(
          "has no bias, and goes with its neighbours if its inputs come first", asOutIn, asInOut);
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

  /** Whether the normalisation behind a convolution has a value per input, and not per output. */
  private boolean normalisedInputsFirst(Candidate weight) {
    int behind = parameters.indexOf(weight.weight) + 1;
    if (!weight.isConvolution() || weight.second() == 1 || behind == parameters.size()) {
      return false;
    }
    ParameterShape next = parameters.get(behind);
    return next.name().endsWith(".weight")
        && next.shape().equals(List.of(weight.second()))
        && weight.first() != weight.second();
  }

  /** Whether what comes behind the first weight has its inputs, and not its outputs. */
  private boolean feedsNext(Candidate weight) {
    int at = all.indexOf(weight);
    if (at != 0 || all.size() == 1) {
      return false;
    }
    Candidate next = all.get(1);
    return next.dimensions() == 2
        && next.second() == weight.second()
        && next.second() != weight.first();
  }

  private Finding grouped(Candidate weight, LayerMap plain) {
    int at = all.indexOf(weight);
    List<Candidate> before =
        all.subList(0, at).stream().filter(c -> c.isConvolution() && !c.isDigital).toList();
    int coming = before.isEmpty() ? 0 : outputs(before.get(before.size() - 1));
    int inputs = weight.second();
    if (inputs == 1 && weight.first() > 1) {
      return before.isEmpty()
          ? firstOfOneInput(weight, at, plain)
          : ofOneInput(weight, coming, plain);
    }
    boolean mayBePart =
        inputs > 1
            && coming > inputs
            && coming % inputs == 0
            && weight.first() % (coming / inputs) == 0
            && before.stream().noneMatch(other -> outputs(other) == inputs);
    if (mayBePart) {
      int groups = coming / inputs;
      return Finding.unclear(
          "takes %d channels where %d come".formatted(inputs, coming),
          new Choice("groups: " + groups, Optional.of(plain.inGroups(groups))),
          new Choice("groups: 1", Optional.of(plain)));
    }
    return Finding.of(plain);
  }

  private Finding ofOneInput(Candidate weight, int coming, LayerMap plain) {
    if (coming == 1) {
      return Finding.of(plain);
    }
    if (weight.first() % coming == 0) {
      return Finding.chosen(
          plain.inGroups(coming),
          "%s %s is taken as a convolution of %d groups, as %d channels come"
              .formatted(weight.weight.name(), weight.shape(), coming, coming));
    }
    return Finding.unclear(
        "takes 1 channel where %d come".formatted(coming),
        new Choice("groups: 1", Optional.of(plain)),
        new Choice("groups: " + weight.first(), Optional.of(plain.inGroups(weight.first()))));
  }

  private Finding firstOfOneInput(Candidate weight, int at, LayerMap plain) {
    Optional<Candidate> next =
        all.subList(at + 1, all.size()).stream().filter(Candidate::isConvolution).findFirst();
    boolean isDepthwise =
        next.filter(n -> n.isPointwise() && !weight.isPointwise() && n.second() == weight.first())
            .isPresent();
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
