package org.sgsars.policy;

import java.util.List;

/** A file that a setting names and that does not hold what it should. */
public final class SettingFileException extends Exception {
  private final transient List<String> problems;

  /**
   * @param problems for people, each with file, line, value and what is allowed; at least one
   */
  public SettingFileException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them. */
  public List<String> problems() {
    return problems;
  }
}
