package org.sgsars.leveller;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Levels the wear of one layer's array by moving contents between its physical rows, through the
 * {@link RowArray} it was made with. Its decisions depend on that array, the iteration and its seed
 * alone.
 */
public interface Leveller {
  /** Moves nothing. */
  Leveller NONE = new Leveller() {};

  /**
   * A whole logical row is about to be written on its own; a leveller may {@linkplain
   * RowArray#relocate relocate} it or let it {@linkplain RowArray#displace displace} another first.
   * Not called where single cells or all rows are written.
   *
   * @param logicalRow in [0, R)
   */
  default void beforeWrite(int logicalRow) {}

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

  /**
   * Writes what this leveller knows beyond the array, if anything.
   *
   * @throws IOException if writing fails
   */
  default void save(DataOutput out) throws IOException {}

  /** Reads what {@link #save} wrote; the array was restored before. */
  default void restore(DataInput in) throws IOException {}
}
