package org.sgsars.source;

import org.sgsars.policy.BoundPolicy;

/**
 * The policy of a source of selections with the settings of one run.
 *
 * @param <S> the settings
 */
public record BoundSelectionSource<S extends Record>(SelectionSourcePolicy<S> policy, S settings)
    implements BoundPolicy<S> {
  /**
   * As {@link SelectionSourcePolicy#openSelections}.
   *
   * @throws SourceException if it cannot be read; it names file, line and value
   */
  public SelectionSource open(long seed) throws SourceException {
    return policy.openSelections(settings, seed);
  }
}
