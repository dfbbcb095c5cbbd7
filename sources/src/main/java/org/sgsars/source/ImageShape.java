package org.sgsars.source;

/**
 * Sizes that all images of a set have.
 *
 * @param channels 1 for grey, 3 for colours
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) {
  /** Values of one image. */
  public int values() {
    return channels * height * width;
  }

  @Override
  public String toString() {
    return channels + " x " + height + " x " + width;
  }
}
