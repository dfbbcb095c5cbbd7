package org.sgsars.contract.experiment;

import java.util.List;

/** An experiment file that cannot be run. Each problem is one line that names its place. */
public final class ExperimentException extends Exception {
  private final transient List<String> problems;

  public ExperimentException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
