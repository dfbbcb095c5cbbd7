package org.sgsars.sparsifier;

import org.sgsars.model.Selection;

/**
 * Chooses, for one layer, what to write after each iteration. For every iteration it is given each
 * column's velocity once, columns ascending, and is then asked for its selection.
 *
 * <p>Its only state is the {@link Residual} it was made with, what it can tell from it, and the
 * wear that it was told last.
 */
public interface Sparsifier {
  /**
   * Adds the velocity of some outputs to the residual and scores them.
   *
   * @param firstColumn the first of the outputs, in [0, C)
   * @param columns how many; they lie in one block of the residual
   * @param velocity their runs of R inputs, bias last, where the residual's block has these
   *     columns; not to be changed or kept
   */
  void accumulate(int firstColumn, int columns, float[] velocity);

  /**
   * Is told how worn its rows are, if it asks for that.
   *
   * @param writes for each row the writes of the physical row it lies in
   */
  default void wear(long[] writes) {}

  /**
   * Ends the iteration: takes what is selected out of the residual.
   *
   * @param iteration the iteration, from 0
   */
  Selection select(long iteration);

  /**
   * Goes on in the middle of an iteration, after a restart: what {@link #accumulate} noted of the
   * first columns is found again from the residual, which holds them already.
   *
   * @param columns columns of this iteration that the residual holds
   */
  void resume(int columns);
}
