package org.sgsars.source;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;

/**
 * The rows that some sparsifier selected, per layer and iteration: what levellers are compared on
 * without the gradients' cost. Any iteration of any layer can be asked for, from any thread.
 */
public interface SelectionSource {
  /** What the selections are and where they come from, for people. */
  String description();

  List<LayerShape> layers();

  /** What to know of the source, such as parts that are left out, for people; may be empty. */
  default List<String> notices() {
    return List.of();
  }

  /** Iterations that are stored; empty if it gives as many as are asked for, or is unknown. */
  default OptionalLong iterations() {
    return OptionalLong.empty();
  }

  /**
   * What is written in one layer after one iteration; a stored source begins again after its last
   * one.
   *
   * @param layer index into {@link #layers()}
   * @param iteration from 0
   */
  Selection.Rows rows(int layer, long iteration);
}
