package org.sgsars.sparsifier;

import java.util.function.LongFunction;
import org.sgsars.model.Selection;

/** Chooses by the iteration alone; keeps the residual up to date where there is one. */
final class WholeResidualSparsifier implements Sparsifier {
  private final Residual residual;
  private final LongFunction<Selection> choice;

  WholeResidualSparsifier(Residual residual, LongFunction<Selection> choice) {
    this.residual = residual;
    this.choice = choice;
  }

  @Override
  public void accumulate(int firstColumn, int columns, float[] velocity) {
    if (!residual.isNone()) {
      residual.add(firstColumn, columns, velocity);
    }
  }

  @Override
  public Selection select(long iteration) {
    return residual.consume(choice.apply(iteration));
  }

  @Override
  public void resume(int columns) {
    // Nothing is noted beside the residual.
  }
}
