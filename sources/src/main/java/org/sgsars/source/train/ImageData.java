package org.sgsars.source.train;

import java.util.List;
import org.sgsars.source.ImageShape;

/**
 * Images to train on and images to test with. Their values are normalised: each channel of the
 * training images has mean 0 and standard deviation 1.
 *
 * @param format what they are stored as, for people
 * @param training to train on
 * @param test to test with
 * @param classes names of the classes, in the order of the labels
 * @param notices what of the folder is skipped, for people
 */
record ImageData(
    String format, ImageSet training, ImageSet test, List<String> classes, List<String> notices) {
  ImageData {
    classes = List.copyOf(classes);
    notices = List.copyOf(notices);
  }

  ImageShape shape() {
    return training.shape();
  }

  /** Turns pixels into values. */
  Normalisation normalisation() {
    int channels = shape().channels();
    int perChannel = shape().height() * shape().width();
    double[] mean = new double[channels];
    double[] deviation = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      long sum = 0;
      long squares = 0;
      for (int image = 0; image < training.count(); image++) {
        int from = (image * channels + channel) * perChannel;
        for (int i = from; i < from + perChannel; i++) {
          int pixel = training.pixel(i);
          sum += pixel;
          squares += (long) pixel * pixel;
        }
      }
      double count = (double) perChannel * training.count();
      mean[channel] = sum / count;
      double variance = squares / count - mean[channel] * mean[channel];
      // A channel without contrast stays as it is.
      deviation[channel] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    return new Normalisation(shape(), mean, deviation);
  }

  /**
   * Mean and standard deviation per channel, in pixel values.
   *
   * @param shape of each image
   */
  record Normalisation(ImageShape shape, double[] mean, double[] deviation) {
    /** Puts an image's values where they belong in a batch. */
    void fill(ImageSet from, int image, float[] batch, int at) {
      int perChannel = shape.height() * shape.width();
      for (int i = 0; i < shape.values(); i++) {
        int channel = i / perChannel;
        batch[at * shape.values() + i] =
            (float) ((from.pixel(image * shape.values() + i) - mean[channel]) / deviation[channel]);
      }
    }
  }
}
