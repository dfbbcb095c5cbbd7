package org.sgsars.contract.model;

/**
 * One line of the comparison.
 *
 * @param name unique in its run
 * @param sparsifier index into the run's distinct sparsifiers
 * @param leveller the leveller
 * @param crossbarSize rows and columns of one crossbar, at least 1
 */
public record ScenarioPlan(String name, int sparsifier, PolicyChoice leveller, int crossbarSize) {
  /** Most rows of one crossbar. */
  public static final int MAX_CROSSBAR_SIZE = 65_536;
}
