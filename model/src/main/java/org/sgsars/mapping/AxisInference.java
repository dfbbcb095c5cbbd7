package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 *   <li>In a network with a weight whose bias or rule says inputs first, a weight of as many
 *       dimensions that has no bias, or as many inputs as outputs, may be either.
 *   <li>Weights without biases that follow each other with inputs first and with outputs first not,
 *       or whose normalisation has as many values as they have inputs, may be either. So may those
 *       that go together either way, where their order is unknown.
 *   <li>A weight without bias that may come before others that take its second dimension, while
 *       nobody takes its first, may be an embedding, and so may one that is called so; one that is
 *       called a normalisation may be that.
 *   <li>A convolution of one input channel has a group for each, if as many come as it has outputs.
 *       As the first it has groups if the one behind it is pointwise and no kernel sees several
 *       channels, and one input channel otherwise. Where that does not tell, it may be either.
 *   <li>A convolution whose inputs are a part of what comes, and nothing before it in its block has
 *       so few outputs, may have groups or not.
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

  private static final Pattern NORMALISATION =
      Pattern.compile("(.*[._])?(\\w*norm\\w*|ln\\w*|bn\\w*)", Pattern.CASE_INSENSITIVE);

  private final AxisEvidence evidence;
  private final WeightOrder order;
  private final List<Candidate> all;

  /**
   * @param parameters all of the network, in order
   * @param all weights in order, those among them of which it is known how they lie
   */
  AxisInference(List<ParameterShape> parameters, List<Candidate> all) {
    this.all = all;
    order = new WeightOrder(all);
    evidence = new AxisEvidence(parameters, all, order);
  }

  /** Of every weight of which nothing is known; those that can be told have their maps then. */
  Map<Candidate, Finding> find() {
    Map<Candidate, Finding> findings = new LinkedHashMap<>();
    for (Candidate weight : all) {
      if (weight.map == null && !weight.isDigital) {
        findings.put(weight, axes(weight));
      }
    }
    findings.forEach(
        (weight, finding) -> {
          weight.map = finding.map();
          weight.isDigital = finding.equals(Finding.digital());
        });
    ConvolutionGroups groups = new ConvolutionGroups(order);
    findings.replaceAll(
        (weight, finding) -> {
          LayerMap map = finding.map();
          if (map == null || !weight.isConvolution() || weight.groups.isPresent()) {
            return finding;
          }
          return map.axesText().startsWith("out") ? groups.find(weight, map) : finding;
        });
    findings.forEach((weight, finding) -> weight.map = finding.map());
    return findings;
  }

  private Finding axes(Candidate weight) {
    int dimensions = weight.dimensions();
    LayerMap outIn = LayerMap.outIn(LayerKind.outIn(dimensions), dimensions);
    LayerMap inOut = LayerMap.inOut(LayerKind.inOut(dimensions), dimensions);
    if (weight.name.role() == TensorName.Role.OUT_IN_WEIGHT) {
      return named(weight);
    }
    if (weight.bias.isPresent() && weight.bias.get().shape().equals(weight.shape())) {
      return Finding.digital();
    }
    boolean fitsInOut = AxisEvidence.fits(weight, false);
    if (!AxisEvidence.fits(weight, true)) {
      return fitsInOut
          ? Finding.of(inOut.inGroups(weight.groups.orElse(1)))
          : noAxis(weight, inOut);
    }
    Choice asOutIn = new Choice("axes: out-in", Optional.of(outIn));
    Choice asInOut = new Choice("axes: in-out", Optional.of(inOut));
    if (weight.bias.isEmpty() && NORMALISATION.matcher(weight.layer).matches()) {
      return Finding.unclear(
          "is called a normalisation and has no bias",
          asOutIn,
          new Choice("on: digital", Optional.empty()));
    }
    if (evidence.mayBeEmbedding(weight)) {
      return Finding.unclear(
          "may be an embedding",
          asOutIn,
          new Choice("kind: Embedding", Optional.of(LayerMap.inOut("Embedding", 2))));
    }
    if (fitsInOut
        && evidence.hasInputsFirst(weight)
        && !evidence.isNormalisedOutputsFirst(weight)) {
      return Finding.unclear(
          "fits both, and others here have their inputs first", asOutIn, asInOut);
    }
    if (evidence.goesWithInputsFirst(weight)) {
      return Finding.unclear(
          "has no bias, and goes with its neighbours if its inputs come first", asOutIn, asInOut);
    }
    return Finding.of(outIn.inGroups(weight.groups.orElse(1)));
  }

  /** Weights of modules whose parameters have names of their own. */
  private Finding named(Candidate weight) {
    String kind = weight.name.isRecurrent() ? recurrentKind(weight) : "MultiheadAttention";
    LayerMap map = LayerMap.outIn(kind, weight.dimensions());
    if (weight.bias.isPresent() && weight.name.sharesBias()) {
      return Finding.of(map.biasFrom(weight.name.part() * weight.first()));
    }
    return AxisEvidence.fits(weight, true) ? Finding.of(map) : noAxis(weight, map);
  }

  /** By how many gates there are. */
  private String recurrentKind(Candidate weight) {
    String last = weight.name.last();
    String tensor = weight.weight.name();
    String hidden =
        tensor.substring(0, tensor.length() - last.length())
            + last.replaceFirst("weight_(ih|hr)", "weight_hh");
    return evidence
        .parameter(hidden)
        .filter(parameter -> parameter.shape().size() == 2)
        .map(parameter -> parameter.shape().get(0) / parameter.shape().get(1))
        .map(gates -> gates == 1 ? "RNN" : gates == 3 ? "GRU" : "LSTM")
        .orElse("LSTM");
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
}
