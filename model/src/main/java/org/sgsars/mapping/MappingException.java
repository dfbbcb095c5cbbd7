package org.sgsars.mapping;

import java.util.ArrayList;
import java.util.List;

/**
 * A network cannot be mapped. What somebody's rules are to blame for has its place in front, where
 * they stand; the rest is of the network itself.
 */
public final class MappingException extends IllegalArgumentException {
  private final List<String> ofRules;
  private final List<String> ofNetwork;

  /**
   * @param ofRules each with its place in front
   * @param ofNetwork without the place of the network
   */
  MappingException(List<String> ofRules, List<String> ofNetwork) {
    super(String.join("\n", joined(ofRules, ofNetwork)));
    this.ofRules = List.copyOf(ofRules);
    this.ofNetwork = List.copyOf(ofNetwork);
  }

  private static List<String> joined(List<String> ofRules, List<String> ofNetwork) {
    List<String> all = new ArrayList<>(ofRules);
    all.addAll(ofNetwork);
    return all;
  }

  /** What rules are to blame for, each with the place of its rule in front; may be empty. */
  public List<String> ofRules() {
    return ofRules;
  }

  /** What the network is to blame for; may be empty, but then rules are. */
  public List<String> ofNetwork() {
    return ofNetwork;
  }
}
