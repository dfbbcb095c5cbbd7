package org.sgsars.leveller;

/**
 * A content that lies in another crossbar from now on, or in other columns of its own.
 *
 * @param layer index of the content's layer
 * @param tile number of the content among its layer's tiles
 * @param physicalTile number of the crossbar
 * @param firstBlock first block of columns that the content uses there
 */
public record TileMove(int layer, int tile, int physicalTile, int firstBlock) {}
