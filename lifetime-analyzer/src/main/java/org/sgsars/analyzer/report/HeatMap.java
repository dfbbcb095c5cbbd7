package org.sgsars.analyzer.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.RowBuckets;

/**
 * One layer's wear as a picture: a pixel per physical row, row by row from the top left, or a pixel
 * per cell where single cells are written. Too many are drawn as bins that show their most worn.
 *
 * @param width pixels
 * @param height pixels
 * @param values writes per pixel; -1 where there is none
 * @param perPixel rows or cells that one pixel stands for
 * @param cells whether pixels are cells, a line of them per physical row
 * @param retired pixels of rows that have worn-out cells and hold no weights, all that one stands
 *     for; of cells, such rows
 */
record HeatMap(int width, int height, long[] values, int perPixel, boolean cells, BitSet retired) {
  /** Not among the colours of wear; worn-out cells on the live page have it too. */
  static final int RETIRED = 0xFF3333;

  private static final int MOST_PIXELS = 16_384;

  static HeatMap of(LayerLifetime layer) {
    long[][] cells = layer.cellWrites();
    return cells != null && (long) cells.length * layer.shape().columns() <= MOST_PIXELS
        ? ofCells(cells, layer.shape().columns(), retired(layer, 1))
        : ofRows(layer);
  }

  private static BitSet retired(LayerLifetime layer, int perPixel) {
    int[] held = layer.physicalToLogical();
    int[] failures = layer.rowFailures();
    long[] rows = new long[failures.length];
    Arrays.setAll(rows, row -> failures[row] > 0 && held[row] < 0 ? 1 : 0);
    long[] pixels = RowBuckets.least(rows, perPixel);
    BitSet retired = new BitSet();
    IntStream.range(0, pixels.length).filter(i -> pixels[i] > 0).forEach(retired::set);
    return retired;
  }

  private static HeatMap ofCells(long[][] cells, int columns, BitSet retired) {
    // Lying, so that long arrays of few columns stay readable: one column of pixels per row.
    long[] values = new long[cells.length * columns];
    for (int row = 0; row < cells.length; row++) {
      for (int column = 0; column < columns; column++) {
        values[column * cells.length + row] = cells[row][column];
      }
    }
    return new HeatMap(cells.length, columns, values, 1, true, retired);
  }

  private static HeatMap ofRows(LayerLifetime layer) {
    int perPixel = RowBuckets.rowsPerBucket(layer.physicalRows(), MOST_PIXELS);
    long[] buckets = RowBuckets.most(layer.mostOfRows(), perPixel);
    int pixels = buckets.length;
    int width = Math.min(pixels, Math.max(32, (int) Math.ceil(Math.sqrt(2.0 * pixels))));
    int height = (pixels + width - 1) / width;
    long[] values = new long[width * height];
    Arrays.fill(values, -1);
    System.arraycopy(buckets, 0, values, 0, pixels);
    return new HeatMap(width, height, values, perPixel, false, retired(layer, perPixel));
  }

  /** The picture as a data URI. */
  String png(WearScale scale) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < values.length; i++) {
      if (values[i] >= 0) {
        boolean isRetired = retired.get(cells ? i % width : i);
        image.setRGB(
            i % width, i / width, 0xFF000000 | (isRetired ? RETIRED : scale.colour(values[i])));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.setUseCache(false);
    ImageIO.write(image, "png", bytes);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
