package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a parameter's name says, by the names that PyTorch's modules give their parameters.
 *
 * @param tensor the whole name, such as {@code module.lstm.weight_ih_l0}
 * @param layer name of the layer that it belongs to, such as {@code lstm.ih_l0}: without what
 *     wrappers put in front ({@code module.}, {@code _orig_mod.})
 * @param role what it is of that layer
 * @param bias name of the bias that would go with a weight; empty for anything else
 */
record TensorName(String tensor, String layer, Role role, Optional<String> bias) {
  /** What a parameter is of its layer. */
  enum Role {
    /** A weight whose axes depend on the module: {@code fc.weight}. */
    WEIGHT,
    /** A weight whose outputs come first in every module that has one of this name. */
    OUT_IN_WEIGHT,
    /** A bias. */
    BIAS,
    /** From which the layer computes the weight that lies on crossbars: {@code fc.weight_g}. */
    OF_WEIGHT,
    /** Nothing that the name shows. */
    OTHER
  }

  private static final Pattern RECURRENT =
      Pattern.compile("(weight|bias)_((?:ih|hh|hr)(?:_l[0-9]+(?:_reverse)?)?)");
  private static final Pattern ATTENTION = Pattern.compile("(in|q|k|v)_proj_(weight|bias)");
  private static final Pattern OF_WEIGHT = Pattern.compile("weight_(g|v|orig|u|bar)");

  static TensorName of(String tensor) {
    List<String> segments = new ArrayList<>(List.of(tensor.split("\\.", -1)));
    segments.removeIf("_orig_mod"::equals);
    while (segments.size() > 1 && segments.get(0).equals("module")) {
      segments.remove(0);
    }
    if (segments.isEmpty()) {
      return new TensorName(tensor, tensor, Role.OTHER, Optional.empty());
    }
    String last = segments.remove(segments.size() - 1);
    String owner = String.join(".", segments);
    if (segments.contains("parametrizations")) {
      return new TensorName(
          tensor, before(owner, "parametrizations"), Role.OF_WEIGHT, Optional.empty());
    }
    if (OF_WEIGHT.matcher(last).matches()) {
      return new TensorName(tensor, orSelf(owner, "weight"), Role.OF_WEIGHT, Optional.empty());
    }
    if (last.equals("weight") || last.equals("bias")) {
      return new TensorName(
          tensor,
          orSelf(owner, "weight"),
          last.equals("bias") ? Role.BIAS : Role.WEIGHT,
          last.equals("bias") ? Optional.empty() : Optional.of(sibling(tensor, last, "bias")));
    }
    Matcher recurrent = RECURRENT.matcher(last);
    if (recurrent.matches()) {
      boolean isWeight = recurrent.group(1).equals("weight");
      return new TensorName(
          tensor,
          joined(owner, recurrent.group(2)),
          isWeight ? Role.OUT_IN_WEIGHT : Role.BIAS,
          isWeight
              ? Optional.of(sibling(tensor, last, "bias_" + recurrent.group(2)))
              : Optional.empty());
    }
    Matcher attention = ATTENTION.matcher(last);
    if (attention.matches()) {
      boolean isWeight = attention.group(2).equals("weight");
      return new TensorName(
          tensor,
          joined(owner, attention.group(1) + "_proj"),
          isWeight ? Role.OUT_IN_WEIGHT : Role.BIAS,
          isWeight ? Optional.of(sibling(tensor, last, "in_proj_bias")) : Optional.empty());
    }
    return new TensorName(tensor, joined(owner, last), Role.OTHER, Optional.empty());
  }

  /** Which of the three parts that share one bias an attention's weight is; 0 if it is alone. */
  int part() {
    return tensor.endsWith("k_proj_weight") ? 1 : tensor.endsWith("v_proj_weight") ? 2 : 0;
  }

  /** Whether it is one of three attention weights that share one bias. */
  boolean sharesBias() {
    return ATTENTION.matcher(last()).matches() && !last().startsWith("in_");
  }

  /** Whether it is what weight_norm scales directions by: a vector, whatever its dimensions. */
  boolean isMagnitude() {
    return role == Role.OF_WEIGHT && (last().equals("weight_g") || last().equals("original0"));
  }

  boolean isRecurrent() {
    return RECURRENT.matcher(last()).matches();
  }

  String last() {
    return tensor.substring(tensor.lastIndexOf('.') + 1);
  }

  private static String sibling(String tensor, String last, String other) {
    return tensor.substring(0, tensor.length() - last.length()) + other;
  }

  private static String joined(String owner, String last) {
    return owner.isEmpty() ? last : owner + "." + last;
  }

  private static String orSelf(String owner, String otherwise) {
    return owner.isEmpty() ? otherwise : owner;
  }

  private static String before(String owner, String segment) {
    int at = owner.indexOf(segment);
    return at == 0 ? "weight" : owner.substring(0, at - 1);
  }
}
