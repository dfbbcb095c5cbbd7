package org.sgsars.ars.core;

/**
 * Levels the wear of one layer's array by moving contents between its physical rows, through the
 * {@link RowArray} it was made with. Its decisions depend on that array, the iteration and its seed
 * alone.
 */
public interface Leveller {
  /**
   * A whole logical row is about to be written on its own; a leveller may {@linkplain
   * RowArray#relocate relocate} it first. Not called where single cells or all rows are written.
   *
   * @param logicalRow in [0, R)
   */
  default void beforeWrite(int logicalRow) {}

  /** The array was restored from a saved state: what is kept beside it has to be found anew. */
  default void restored() {}

  /**
   * A logical row was written where it lay. Called once per row and iteration, rows ascending.
   *
   * @param logicalRow in [0, R)
   */
  default void afterWrite(int logicalRow) {}

  /**
   * All writes of an iteration are done.
   *
   * @param iterationsDone the iterations done, from 1
   */
  default void afterIteration(long iterationsDone) {}
}
