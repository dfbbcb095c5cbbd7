package org.sgsars.leveller;

/**
 * A crossbar and the content that lies in it.
 *
 * @param layer index of the content's layer
 * @param tile number of the content among its layer's tiles, tile row by tile row
 * @param physicalTile number of the crossbar in the network
 * @param firstBlock first block of columns that the content uses
 * @param blocks blocks of columns that it uses
 * @param contentWrites row writes of the content so far, wherever it lay
 * @param wear writes of the crossbar's cells, by row and block of columns; S rows; not to be
 *     changed
 * @param failures of the crossbar's cells
 */
public record TileState(
    int layer,
    int tile,
    int physicalTile,
    int firstBlock,
    int blocks,
    long contentWrites,
    long[] wear,
    TileFailures failures) {
  /** A crossbar whose failed rows stay in use. */
  public TileState(
      int layer,
      int tile,
      int physicalTile,
      int firstBlock,
      int blocks,
      long contentWrites,
      long[] wear) {
    this(layer, tile, physicalTile, firstBlock, blocks, contentWrites, wear, TileFailures.NONE);
  }
}
