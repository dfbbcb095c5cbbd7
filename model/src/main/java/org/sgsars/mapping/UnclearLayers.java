package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/**
 * What cannot be told of a network, as a message with the lines to add. Layers that differ in the
 * numbers in their names, such as the blocks of a transformer, are asked of once.
 */
final class UnclearLayers {
  /** As a user needs the lines of all, this bounds only what nobody reads to its end. */
  private static final int SHOWN = 200;

  /**
   * One thing that cannot be told.
   *
   * @param name that a rule would match
   * @param tensors with their shapes
   * @param why it cannot be told
   * @param answers what a rule may say, each with what the layer would be then
   */
  private record Question(String name, String tensors, String why, Map<String, String> answers) {
    /** The name with a star for each number between dots. */
    String pattern() {
      return List.of(name.split("\\.", -1)).stream()
          .map(segment -> segment.matches("[0-9]+") ? "*" : segment)
          .collect(Collectors.joining("."));
    }

    boolean isLike(Question other) {
      return pattern().equals(other.pattern())
          && why.equals(other.why)
          && answers.equals(other.answers);
    }

    List<String> lines(String match) {
      List<String> lines = new ArrayList<>();
      answers.forEach(
          (rule, becomes) ->
              lines.add("  - {match: '%s', %s}  # %s".formatted(match, rule, becomes)));
      return lines;
    }
  }

  private final List<Question> questions = new ArrayList<>();

  boolean isEmpty() {
    return questions.isEmpty();
  }

  /** A weight that may be several things, or none. */
  void add(Candidate candidate, AxisInference.Finding finding) {
    Map<String, String> answers = new LinkedHashMap<>();
    finding.choices().forEach(choice -> answers.put(choice.rule(), becomes(candidate, choice)));
    questions.add(new Question(candidate.layer, candidate.text(), finding.why(), answers));
  }

  private static String becomes(Candidate candidate, AxisInference.Choice choice) {
    if (choice.map().isEmpty()) {
      return "not on crossbars";
    }
    LayerMap map = choice.map().get();
    LayerShape layer = LayerShape.of(candidate.layer, candidate.weight, candidate.bias, map);
    return "%s: %d rows x %d columns".formatted(map.kind(), layer.rows(), layer.columns());
  }

  /** A parameter from which the weight on crossbars is computed. */
  void addOfWeight(ParameterShape parameter, String layer) {
    questions.add(
        new Question(
            layer,
            parameter.name() + " " + parameter.shape(),
            "the weight on crossbars is computed from it; record that one's gradient, as sgsars.Recorder does",
            Map.of("on: digital", "not on crossbars")));
  }

  /** A parameter that is no layer by its name. */
  void addOther(ParameterShape parameter, String why) {
    Map<String, String> answers = new LinkedHashMap<>();
    answers.put("on: digital", "not on crossbars");
    for (LayerMap map :
        List.of(
            LayerMap.outIn("outputs first", parameter.shape().size()),
            LayerMap.inOut("inputs first", parameter.shape().size()))) {
      LayerShape layer = LayerShape.of(parameter.name(), parameter, Optional.empty(), map);
      answers.put(
          "axes: " + map.axesText(),
          "%s: %d rows x %d columns".formatted(map.kind(), layer.rows(), layer.columns()));
    }
    questions.add(
        new Question(parameter.name(), parameter.name() + " " + parameter.shape(), why, answers));
  }

  /**
   * The question, and the lines that answer it.
   *
   * @param names of all layers and parameters, among which a pattern must mean no other
   */
  String message(Collection<String> names) {
    List<String> asked = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    List<Question> left = new ArrayList<>(questions);
    int groups = 0;
    while (!left.isEmpty()) {
      Question first = left.get(0);
      List<Question> alike = left.stream().filter(first::isLike).toList();
      Pattern pattern = Glob.pattern(first.pattern());
      boolean meansNoOther =
          names.stream()
              .filter(pattern.asMatchPredicate())
              .allMatch(name -> alike.stream().anyMatch(q -> q.name().equals(name)));
      List<Question> together = meansNoOther ? alike : List.of(first);
      left.removeAll(together);
      if (groups++ < SHOWN) {
        asked.add(
            "  %s: %s%s"
                .formatted(
                    first.tensors(),
                    first.why(),
                    together.size() > 1 ? ", and so %d more".formatted(together.size() - 1) : ""));
        lines.addAll(first.lines(meansNoOther ? first.pattern() : first.name()));
      }
    }
    if (groups > SHOWN) {
      asked.add("  and %d more, which are asked of when these are said".formatted(groups - SHOWN));
    }
    return """
        names and shapes do not tell how these lie on crossbars:
        %s
        say it in layers.json beside the trace, or by one line for each in the experiment:
        layers:
        %s"""
        .formatted(String.join("\n", asked), String.join("\n", lines));
  }
}
