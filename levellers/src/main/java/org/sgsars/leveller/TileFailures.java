package org.sgsars.leveller;

/**
 * What has failed of a crossbar, where failed rows are given up, and what its layer has beside its
 * crossbars.
 *
 * @param failed which of the crossbar's counts are of cells of which one has failed: indices into
 *     {@link TileState#wear}, ascending; not to be changed
 * @param workingSpareRows spare rows of the content's layer that are not retired
 */
public record TileFailures(int[] failed, int workingSpareRows) {
  /** Of a crossbar whose failed rows stay in use. */
  public static final TileFailures NONE = new TileFailures(new int[0], 0);
}
