package org.sgsars.source;

import java.util.ArrayList;
import java.util.List;
import org.sgsars.mapping.MappingException;

/**
 * What an experiment says of layers does not fit its source. The places in the message are those of
 * the rules, and not of the source.
 */
public final class LayerRulesException extends SourceException {
  private final List<String> ofRules;
  private final List<String> ofSource;

  /**
   * @param ofRules each with the place of a rule
   * @param ofSource what the source is to blame for beside, each with the place in the source
   */
  private LayerRulesException(List<String> ofRules, List<String> ofSource, Throwable cause) {
    super(joined(ofRules, ofSource), cause);
    this.ofRules = List.copyOf(ofRules);
    this.ofSource = List.copyOf(ofSource);
  }

  /** A rule that goes with no source of a kind. */
  LayerRulesException(String problem) {
    super(problem);
    this.ofRules = List.of(problem);
    this.ofSource = List.of();
  }

  private static String joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return String.join("\n", all);
  }

  /**
   * What keeps a source from being mapped.
   *
   * @param source the place of what is to blame on the source
   * @param problem a {@link MappingException}, or another one that is of the source alone
   */
  public static SourceException of(String source, RuntimeException problem) {
    if (!(problem instanceof MappingException mapping)) {
      return new SourceException("%s: %s".formatted(source, problem.getMessage()), problem);
    }
    List<String> ofSource =
        mapping.ofNetwork().isEmpty()
            ? List.of()
            : List.of("%s: %s".formatted(source, String.join("\n", mapping.ofNetwork())));
    return mapping.ofRules().isEmpty()
        ? new SourceException(ofSource.get(0), problem)
        : new LayerRulesException(mapping.ofRules(), ofSource, problem);
  }

  @Override
  public SourceException at(String place) {
    return new LayerRulesException(
        ofRules, ofSource.stream().map(p -> "%s: %s".formatted(place, p)).toList(), this);
  }
}
