package org.sgsars.experiment;

import java.util.List;
import java.util.Locale;

/** An experiment file that cannot be run. Each problem is one line that names its place. */
public final class ExperimentException extends Exception {
  private static final int SHOWN = 100;

  private final transient List<String> problems;

  /**
   * @param problems in the order of the file; one that is said several times, as by all scenarios
   *     of a sweep, counts once
   */
  public ExperimentException(List<String> problems) {
    super(message(problems.stream().distinct().toList()));
    this.problems = problems.stream().distinct().toList();
  }

  /** A network may have tens of thousands of layers, and a problem with each. */
  private static String message(List<String> problems) {
    String shown = String.join("\n", problems.subList(0, Math.min(SHOWN, problems.size())));
    return problems.size() <= SHOWN
        ? shown
        : String.format(Locale.ROOT, "%s\nand %,d more problems", shown, problems.size() - SHOWN);
  }

  /** All of them. */
  public List<String> problems() {
    return problems;
  }
}
