package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.PlainText;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One mapping of the file: hands out its values and collects what is wrong with them. */
final class Section {
  /** Without leading zeros, which some readers of YAML take for octal. */
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]*)");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(\\.[0-9]+|(0|[1-9][0-9]*)(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private final String file;
  private final String place;
  private final int line;
  private final List<String> problems;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Integer> keyLines = new LinkedHashMap<>();
  private final Map<Node, Node> chosen;

  /**
   * @param place what leads to this section, such as {@code scenarios[2].sparsifier}; empty at the
   *     top
   * @param allowed the keys it may have; {@code null} where that is not known yet
   */
  Section(
      String file, String place, Node node, List<String> problems, @Nullable List<String> allowed) {
    this(file, place, node, problems, allowed, Map.of());
  }

  private Section(
      String file,
      String place,
      Node node,
      List<String> problems,
      @Nullable List<String> allowed,
      Map<Node, Node> chosen) {
    this.chosen = chosen;
    this.file = file;
    this.place = place;
    this.line = lineOf(node);
    this.problems = problems;
    if (!(node instanceof MappingNode mapping)) {
      report(line, place, "should be a mapping of keys to values");
      return;
    }
    for (NodeTuple entry : mapping.getValue()) {
      add(entry);
    }
    if (allowed != null) {
      allow(allowed);
    }
  }

  private Section(Section other, Map<Node, Node> chosen) {
    this.file = other.file;
    this.place = other.place;
    this.line = other.line;
    this.problems = other.problems;
    this.chosen = chosen;
    keyLines.putAll(other.keyLines);
    other.values.forEach((key, node) -> values.put(key, chosen.getOrDefault(node, node)));
  }

  /** The same section, in which other nodes stand for some; so it is in the sections within. */
  Section choosing(Map<Node, Node> instead) {
    return new Section(this, instead);
  }

  private Section within(String where, Node node, @Nullable List<String> allowed) {
    return new Section(file, where, node, problems, allowed, chosen);
  }

  private void add(NodeTuple entry) {
    int at = lineOf(entry.getKeyNode());
    if (!(entry.getKeyNode() instanceof ScalarNode key)) {
      report(at, place, "has a key that is not a word");
      return;
    }
    String name = key.getValue();
    Integer before = keyLines.putIfAbsent(name, at);
    if (before != null) {
      report(at, path(name), "is given twice; first in line " + before);
      return;
    }
    Node value = entry.getValueNode();
    values.put(name, chosen.getOrDefault(value, value));
  }

  /** Reports every key that is not among these. */
  void allow(List<String> allowed) {
    for (Map.Entry<String, Integer> key : keyLines.entrySet()) {
      if (!allowed.contains(key.getKey())) {
        report(
            key.getValue(),
            path(key.getKey()),
            "unknown key%s; allowed: %s"
                .formatted(
                    Spelling.closest(key.getKey(), allowed)
                        .map(close -> ", did you mean '" + close + "'?")
                        .orElse(""),
                    String.join(", ", allowed)));
      }
    }
  }

  static int lineOf(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  int line() {
    return line;
  }

  /** What leads to it, such as {@code scenarios[2].sparsifier}. */
  String place() {
    return place;
  }

  String path(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  /** Where it stands, as problems have it in front. */
  String at() {
    return PlainText.of("%s:%d: %s".formatted(file, line, place));
  }

  void report(int at, String where, String problem) {
    // One line for each problem, and nothing that steers the terminal.
    problems.add(
        PlainText.of(
            "%s:%d: %s: %s".formatted(file, at, where.isEmpty() ? "the file" : where, problem)));
  }

  void report(String key, String problem) {
    Node node = values.get(key);
    report(node == null ? line : lineOf(node), path(key), problem);
  }

  void notAllowed(String key, String allowed) {
    Node node = values.get(key);
    report(key, "%s is not allowed; allowed: %s".formatted(shown(node), allowed));
  }

  private static String shown(@Nullable Node node) {
    if (node instanceof ScalarNode scalar) {
      String text = scalar.getValue();
      // In quotes if the file has it in quotes: "4" is a text and not the number.
      return scalar.isPlain() ? text.isEmpty() ? "an empty value" : text : '"' + text + '"';
    }
    if (node instanceof SequenceNode list) {
      return list.getValue().isEmpty() ? "an empty list" : "a list";
    }
    return "a mapping";
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** A section within this one, or nothing if the key is absent. */
  Optional<Section> section(String key, @Nullable List<String> allowed) {
    return Optional.ofNullable(values.get(key)).map(node -> within(path(key), node, allowed));
  }

  boolean isList(String key) {
    return values.get(key) instanceof SequenceNode;
  }

  /** The list under a key, if there is one. */
  Optional<SequenceNode> list(String key) {
    return values.get(key) instanceof SequenceNode list ? Optional.of(list) : Optional.empty();
  }

  /** The sections under a key, if it is there: one, or those of a list. Reports nothing of keys. */
  List<Section> anySections(String key) {
    return isList(key) ? sections(key, null) : section(key, null).map(List::of).orElse(List.of());
  }

  /** The sections of a file that is a list. */
  static List<Section> list(String file, Node node, List<String> problems, List<String> allowed) {
    List<Section> sections = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        sections.add(new Section(file, "[" + sections.size() + "]", item, problems, allowed));
      }
    } else {
      problems.add(PlainText.of("%s:%d: should be a list".formatted(file, lineOf(node))));
    }
    return sections;
  }

  /** The sections of a list. */
  List<Section> sections(String key, @Nullable List<String> allowed) {
    Node node = values.get(key);
    List<Section> sections = new ArrayList<>();
    if (node instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        String where = path(key) + "[" + sections.size() + "]";
        sections.add(within(where, item, allowed));
      }
    } else if (node != null) {
      notAllowed(key, "a list");
    }
    return sections;
  }

  /** The section, or the sections of the list, under a key that is there; at least one. */
  List<Section> oneOrMore(String key) {
    if (!(values.get(key) instanceof SequenceNode list)) {
      return section(key, null).map(List::of).orElse(List.of());
    }
    if (list.getValue().isEmpty()) {
      notAllowed(key, "a mapping, or a list of at least one");
    }
    List<Section> sections = new ArrayList<>();
    for (Node item : list.getValue()) {
      sections.add(within(path(key) + "[" + sections.size() + "]", item, null));
    }
    return sections;
  }

  /**
   * A scalar as a {@code Boolean}, {@code Long}, {@code Double} or {@code String}; nothing if the
   * key is absent or its value is no scalar of these, which is reported.
   *
   * @param allowed for the report
   */
  Optional<Object> scalar(String key, String allowed) {
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!(node instanceof ScalarNode scalar) || isNull(scalar)) {
      notAllowed(key, allowed);
      return Optional.empty();
    }
    return Optional.of(value(scalar));
  }

  private static boolean isNull(ScalarNode scalar) {
    return scalar.isPlain() && (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isEmpty());
  }

  /** A scalar as a {@code Boolean}, {@code Long}, {@code Double} or {@code String}. */
  static Object value(ScalarNode scalar) {
    String text = scalar.getValue();
    if (!scalar.isPlain()) {
      return text;
    }
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    if (WHOLE.matcher(text).matches()) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        // Too large: no number that anything here allows, so it stays text.
        return text;
      }
    }
    return NUMBER.matcher(text).matches() ? Double.valueOf(text) : text;
  }

  /** The line of a key's value; that of the section if it is absent. */
  int line(String key) {
    Node node = values.get(key);
    return node == null ? line : lineOf(node);
  }

  /** A whole number within bounds, or the fallback if it is absent or not allowed. */
  long wholeNumber(String key, long fallback, long least, long most) {
    boolean any = least == Long.MIN_VALUE && most == Long.MAX_VALUE;
    String allowed =
        any
            ? "a whole number of 64 bits"
            : most == Long.MAX_VALUE
                ? "a whole number of at least " + least
                : "a whole number from %d to %d".formatted(least, most);
    Optional<Object> value = scalar(key, allowed);
    if (value.isEmpty()) {
      return fallback;
    }
    if (value.get() instanceof Long number && number >= least && number <= most) {
      return number;
    }
    notAllowed(key, allowed);
    return fallback;
  }

  /** A number within bounds, also as the float32 that it becomes, or the fallback. */
  float number(String key, float fallback, Limits limits) {
    Optional<Object> value = scalar(key, limits.allowed());
    if (value.isEmpty()) {
      return fallback;
    }
    if (value.get() instanceof Number number
        && limits.hold(number.doubleValue())
        && limits.hold(number.floatValue())) {
      return number.floatValue();
    }
    notAllowed(key, limits.allowed());
    return fallback;
  }

  /**
   * Bounds of a number.
   *
   * @param isBelow whether {@code most} itself is not allowed
   */
  record Limits(float least, float most, boolean isBelow) {
    static Limits of(double least, double most) {
      return new Limits((float) least, (float) most, false);
    }

    boolean hold(double value) {
      return value >= least && (isBelow ? value < most : value <= most);
    }

    String allowed() {
      return (isBelow ? "a number of at least %s and below %s" : "a number from %s to %s")
          .formatted(shown(least), shown(most));
    }

    private static String shown(float bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Float.toString(bound);
    }
  }

  boolean flag(String key, boolean fallback) {
    Optional<Object> value = scalar(key, "true or false");
    if (value.isEmpty()) {
      return fallback;
    }
    if (value.get() instanceof Boolean flag) {
      return flag;
    }
    notAllowed(key, "true or false");
    return fallback;
  }

  /** A scalar as it is written in the file; nothing if there is none. Reports nothing. */
  Optional<String> word(String key) {
    return values.get(key) instanceof ScalarNode scalar
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  /** A text as it is written in the file, whatever it looks like, or nothing if it is absent. */
  Optional<String> text(String key, String allowed) {
    return scalar(key, allowed).map(value -> ((ScalarNode) requireNode(key)).getValue());
  }

  private Node requireNode(String key) {
    Node node = values.get(key);
    if (node == null) {
      throw new IllegalStateException("No value for " + key);
    }
    return node;
  }
}
