package org.sgsars.source.train;

import org.sgsars.source.ImageShape;

/**
 * Labelled images.
 *
 * @param shape of each image
 * @param pixels image by image, channel by channel, row by row; as unsigned bytes
 * @param labels class of each image, from 0
 */
record ImageSet(ImageShape shape, byte[] pixels, int[] labels) {
  ImageSet {
    if (pixels.length != (long) shape.values() * labels.length) {
      throw new IllegalArgumentException(
          "%d pixels are not %d images of %s".formatted(pixels.length, labels.length, shape));
    }
  }

  int count() {
    return labels.length;
  }

  /** The value of a pixel, 0 to 255. */
  int pixel(int index) {
    return pixels[index] & 0xff;
  }
}
