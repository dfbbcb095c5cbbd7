package org.sgsars.mapping;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sgsars.model.Axis;
import org.sgsars.model.LayerMap;
import org.sgsars.model.ParameterShape;

/** What the other weights of a network and its normalisations say of how one weight lies. */
final class AxisEvidence {
  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(.*[._])?((\\w*_)?emb(s|ed\\w*)?|wte|wpe)([._].*)?|.*embed(ding)?.*",
          Pattern.CASE_INSENSITIVE);

  /** What a chain of weights without biases says. */
  private enum Chain {
    NOTHING,
    OUTPUTS_FIRST,
    INPUTS_FIRST
  }

  private final List<ParameterShape> parameters;
  private final Map<ParameterShape, Integer> places = new HashMap<>();
  private final List<Candidate> all;
  private final WeightOrder order;

  /** Whether the bias or a rule says that inputs come first, of matrices and of convolutions. */
  private final Map<Boolean, Boolean> hasInputsFirst = new HashMap<>();

  private final Map<Candidate, Chain> chains = new HashMap<>();

  /**
   * @param parameters all of the network, in the given order
   * @param all weights in that order, before anything is inferred
   */
  AxisEvidence(List<ParameterShape> parameters, List<Candidate> all, WeightOrder order) {
    this.parameters = parameters;
    this.all = all;
    this.order = order;
    for (int i = 0; i < parameters.size(); i++) {
      places.put(parameters.get(i), i);
    }
    for (boolean convolutions : new boolean[] {false, true}) {
      hasInputsFirst.put(
          convolutions,
          all.stream().anyMatch(o -> o.isConvolution() == convolutions && saysInputsFirst(o)));
      chain(convolutions);
    }
  }

  /** Whether as many values as the weight's outputs could be the bias; none always could. */
  static boolean fits(Candidate weight, boolean outputsFirst) {
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

  private static boolean saysInputsFirst(Candidate weight) {
    if (weight.isDigital || weight.name.role() == TensorName.Role.OUT_IN_WEIGHT) {
      return false;
    }
    LayerMap map = weight.map;
    return map != null
        ? hasInputsFirst(map) && !map.kind().startsWith("Embedding")
        : weight.bias.isPresent()
            && !weight.bias.get().shape().equals(weight.shape())
            && !fits(weight, true)
            && fits(weight, false);
  }

  private static boolean hasInputsFirst(LayerMap map) {
    return !map.axes().isEmpty() && map.axes().get(0) == Axis.IN;
  }

  /** Whether another weight of as many dimensions is known to have its inputs first. */
  boolean hasInputsFirst(Candidate weight) {
    return hasInputsFirst.getOrDefault(weight.isConvolution(), false);
  }

  /** Whether it has no bias, and goes with its neighbours if its inputs come first. */
  boolean goesWithInputsFirst(Candidate weight) {
    return weight.bias.isEmpty()
        && !isNormalised(weight, weight.first(), weight.second())
        && (chains.get(weight) == Chain.INPUTS_FIRST
            || isNormalised(weight, weight.second(), weight.first()));
  }

  /** Whether the normalisation behind it has as many values as there are outputs, outputs first. */
  boolean isNormalisedOutputsFirst(Candidate weight) {
    return weight.bias.isEmpty() && isNormalised(weight, weight.first(), weight.second());
  }

  private boolean isNormalised(Candidate weight, int outputs, int inputs) {
    return outputs != 1 && outputs != inputs && normalisedBehind(weight) == outputs;
  }

  /**
   * Values of the normalisation behind a convolution, if there is one beside it; 0 otherwise. Both
   * its parameters have as many, so that it does not matter which comes first.
   */
  private int normalisedBehind(Candidate weight) {
    int behind = places.getOrDefault(weight.weight, parameters.size()) + 1;
    if (!weight.isConvolution() || behind >= parameters.size()) {
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

  /**
   * Weights without biases follow each other one way round or the other. Those whose names differ
   * in numbers alone are asked among themselves, the others together; where nothing shows in which
   * order they stand, two that go together either way say that both are possible.
   */
  private void chain(boolean convolutions) {
    Map<String, List<Candidate>> numbered = new LinkedHashMap<>();
    List<Candidate> together = new ArrayList<>();
    for (Candidate weight : order.weights()) {
      boolean isAsked =
          weight.isConvolution() == convolutions
              && weight.map == null
              && !weight.isDigital
              && weight.bias.isEmpty()
              && weight.name.role() == TensorName.Role.WEIGHT;
      if (isAsked) {
        together.add(weight);
        numbered
            .computeIfAbsent(WeightOrder.pattern(weight.layer), key -> new ArrayList<>())
            .add(weight);
      }
    }
    Chain ofAll = order.isTrusted() ? inOrder(together) : Chain.NOTHING;
    for (List<Candidate> group : numbered.values()) {
      Chain ofGroup = inOrder(group);
      group.forEach(weight -> chains.put(weight, ofGroup == Chain.NOTHING ? ofAll : ofGroup));
    }
    if (!order.isTrusted()) {
      askNeighbours(together);
    }
  }

  /** Of weights whose order is unknown: what lies beside one that is known is known itself. */
  private void askNeighbours(List<Candidate> together) {
    Deque<Candidate> known = new ArrayDeque<>();
    List<Candidate> open = new ArrayList<>(together);
    for (Candidate weight : all) {
      if (isKnownOutputsFirst(weight)) {
        known.add(weight);
        open.remove(weight);
      }
    }
    open.removeIf(weight -> chains.get(weight) != Chain.NOTHING);
    while (!known.isEmpty()) {
      Candidate next = known.remove();
      List<Candidate> told = open.stream().filter(weight -> isNextTo(next, weight)).toList();
      open.removeAll(told);
      known.addAll(told);
    }
    for (Candidate weight : open) {
      if (goesEitherWay(weight, together)) {
        chains.put(weight, Chain.INPUTS_FIRST);
      }
    }
  }

  /** Whether its bias, its normalisation or others of its name say that outputs come first. */
  private boolean isKnownOutputsFirst(Candidate weight) {
    LayerMap map = weight.map;
    if (weight.isDigital || map != null) {
      return map != null && !hasInputsFirst(map);
    }
    return weight.bias.isPresent()
        ? fits(weight, true) && !fits(weight, false)
        : isNormalisedOutputsFirst(weight) || chains.get(weight) == Chain.OUTPUTS_FIRST;
  }

  private static Chain inOrder(List<Candidate> weights) {
    Chain chain = Chain.NOTHING;
    for (int i = 0; i + 1 < weights.size(); i++) {
      Candidate next = weights.get(i + 1);
      if (weights.get(i).first() == next.second()) {
        return Chain.OUTPUTS_FIRST;
      }
      if (weights.get(i).second() == next.first()) {
        chain = Chain.INPUTS_FIRST;
      }
    }
    return chain;
  }

  /** Whether it goes together with another of which it is unknown whether it comes before. */
  private boolean goesEitherWay(Candidate weight, List<Candidate> together) {
    return together.stream()
        .anyMatch(o -> o != weight && !WeightOrder.isNumbered(o, weight) && isNextTo(o, weight));
  }

  /**
   * Whether, outputs first, one takes what the other gives, and it would not the other way round.
   */
  private static boolean isNextTo(Candidate one, Candidate other) {
    return one.isConvolution() == other.isConvolution()
        && one.first() != one.second()
        && other.first() != other.second()
        && (one.second() == other.first() || one.first() == other.second());
  }

  /**
   * Whether a matrix without bias may be an embedding: it is called so, or others take as many as
   * there are in its second dimension, nobody takes as many as in its first, and it may come before
   * them.
   */
  boolean mayBeEmbedding(Candidate weight) {
    if (weight.dimensions() != 2 || weight.bias.isPresent()) {
      return false;
    }
    if (EMBEDDING.matcher(weight.layer).matches()) {
      return true;
    }
    List<Candidate> fed =
        all.stream().filter(o -> o != weight && takesWords(o, weight.second())).toList();
    if (fed.stream().allMatch(o -> order.isNumberedBefore(o, weight))) {
      return false;
    }
    if (weight.first() == weight.second()) {
      return fed.stream().anyMatch(o -> o.name.isRecurrent());
    }
    boolean isOneOfABlock =
        weight.first() < weight.second()
            && all.stream()
                .anyMatch(
                    o ->
                        o != weight
                            && o.shape().equals(weight.shape())
                            && WeightOrder.pattern(o.layer)
                                .equals(WeightOrder.pattern(weight.layer)));
    return !isOneOfABlock
        && all.stream().noneMatch(o -> o != weight && o.second() == weight.first());
  }

  /**
   * Whether a weight takes vectors of such a width: as inputs, or with kernels over some words of
   * that width.
   */
  private static boolean takesWords(Candidate weight, int width) {
    List<Integer> shape = weight.shape();
    boolean isOverWords =
        weight.dimensions() == 4
            && weight.second() == 1
            && shape.get(3) == width
            && shape.get(2) != width;
    return isOverWords || (weight.dimensions() <= 3 && weight.second() == width);
  }

  /** Of the network's parameters: what a weight computes with, for kinds of recurrent layers. */
  Optional<ParameterShape> parameter(String name) {
    return parameters.stream().filter(p -> p.name().equals(name)).findFirst();
  }
}
