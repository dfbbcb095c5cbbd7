package org.sgsars.source.selections;

import java.util.List;
import java.util.OptionalLong;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Selection;
import org.sgsars.source.SelectionSource;

/**
 * Selections in memory, from their beginning again and again.
 *
 * @param description for people
 * @param layers the layers
 * @param notices for people
 * @param rows the rows of every layer and iteration, at least one iteration
 */
record StoredSelections(
    String description,
    List<LayerShape> layers,
    List<String> notices,
    List<List<Selection.Rows>> rows)
    implements SelectionSource {
  /** Layers of a run that was stopped may have come differently far. */
  @Override
  public OptionalLong iterations() {
    return rows.stream().mapToLong(List::size).min();
  }

  @Override
  public Selection.Rows rows(int layer, long iteration) {
    List<Selection.Rows> ofLayer = rows.get(layer);
    return ofLayer.get((int) (iteration % ofLayer.size()));
  }
}
