package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.sgsars.mapping.AxisInference.Choice;
import org.sgsars.mapping.AxisInference.Finding;
import org.sgsars.model.Axis;
import org.sgsars.model.LayerMap;

/**
 * Tells into how many groups a convolution is cut, from what comes to it and what it takes. All of
 * the network's axes have to be known by then, as far as they can be.
 */
final class ConvolutionGroups {
  private final List<Candidate> convolutions;

  /**
   * @param order of all weights
   */
  ConvolutionGroups(WeightOrder order) {
    convolutions = order.weights().stream().filter(c -> c.isConvolution() && !c.isDigital).toList();
  }

  /**
   * @param weight of a convolution with its outputs first
   * @param plain how it lies without groups
   */
  Finding find(Candidate weight, LayerMap plain) {
    int at = convolutions.indexOf(weight);
    List<Candidate> before = convolutions.subList(0, at);
    int coming = at == 0 ? 0 : outputs(before.get(at - 1));
    int inputs = weight.second();
    if (inputs == 1 && weight.first() > 1) {
      return at == 0
          ? firstOfOneInput(weight, plain)
          : ofOneInput(weight, coming, isStem(before.get(0)), plain);
    }
    boolean mayBePart =
        coming > inputs
            && coming % inputs == 0
            && weight.first() % (coming / inputs) == 0
            && !comesFromElsewhere(weight, before);
    if (mayBePart) {
      int groups = coming / inputs;
      return Finding.unclear(
          "takes %d channels where %d come".formatted(inputs, coming),
          new Choice("groups: " + groups, Optional.of(plain.inGroups(groups))),
          new Choice("groups: 1", Optional.of(plain)));
    }
    return Finding.of(plain);
  }

  /**
   * Whether what a convolution takes is not what the one before it gives. In its own block another
   * gave as many, or, if it is pointwise, takes as many: the branch beside. A block's first one may
   * take what any other gives.
   */
  private boolean comesFromElsewhere(Candidate weight, List<Candidate> before) {
    Predicate<Candidate> gives = o -> o != weight && outputs(o) == weight.second();
    String block = block(weight);
    Predicate<Candidate> isInBlock = o -> o.layer.startsWith(block);
    if (!isInBlock.test(before.get(before.size() - 1))) {
      return convolutions.stream().anyMatch(gives);
    }
    if (before.stream().filter(isInBlock).anyMatch(gives)) {
      return true;
    }
    return weight.isPointwise()
        && convolutions.stream().anyMatch(gives)
        && convolutions.stream()
            .filter(isInBlock)
            .anyMatch(o -> o != weight && o.second() == weight.second());
  }

  /** The shortest end of a name taken away so that another convolution's begins alike. */
  private String block(Candidate weight) {
    String block = weight.layer;
    do {
      int dot = block.lastIndexOf('.', block.length() - 2);
      block = block.substring(0, dot + 1);
    } while (!block.isEmpty() && !hasAnother(weight, block));
    return block;
  }

  private boolean hasAnother(Candidate weight, String block) {
    return convolutions.stream().anyMatch(o -> o != weight && o.layer.startsWith(block));
  }

  /** Whether it takes what no convolution gives: the network's own input, as far as one can see. */
  private boolean isStem(Candidate convolution) {
    return convolution.second() > 1
        && convolutions.stream()
            .noneMatch(o -> o != convolution && outputs(o) == convolution.second());
  }

  private static Finding ofOneInput(Candidate weight, int coming, boolean hasStem, LayerMap plain) {
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

  private Finding firstOfOneInput(Candidate weight, LayerMap plain) {
    List<Candidate> others = convolutions.stream().filter(c -> c != weight).toList();
    if (others.stream().anyMatch(this::isStem)) {
      return oneOrGroups(
          weight, "takes 1 channel, and the network's input goes elsewhere", 0, plain);
    }
    // Where kernels of others see several channels, convolutions are not depthwise here.
    boolean isDepthwise =
        !others.isEmpty()
            && others.get(0).isPointwise()
            && !weight.isPointwise()
            && others.get(0).second() == weight.first()
            && others.stream().allMatch(c -> c.isPointwise() || c.second() == 1);
    return isDepthwise
        ? Finding.chosen(
            plain.inGroups(weight.first()),
            "%s %s is taken as a convolution of %d groups, as %s behind it is pointwise; groups: 1 in the experiment's layers makes it one of one input channel"
                .formatted(
                    weight.weight.name(), weight.shape(), weight.first(), others.get(0).layer))
        : Finding.chosen(
            plain,
            "%s %s is taken as a convolution of one input channel, as it is the first"
                .formatted(weight.weight.name(), weight.shape()));
  }

  /** Channels that a convolution gives. */
  private static int outputs(Candidate convolution) {
    LayerMap map = convolution.map;
    return map != null && !map.axes().isEmpty() && map.axes().get(0) == Axis.IN
        ? convolution.second() * map.groups()
        : convolution.first();
  }
}
