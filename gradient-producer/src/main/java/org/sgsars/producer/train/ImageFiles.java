package org.sgsars.producer.train;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.experiment.FileProblem;
import org.sgsars.producer.core.ImageShape;
import org.sgsars.producer.core.SourceException;

/**
 * Reads a folder of images: the four IDX files of MNIST and its like (plain or gzip), the binary
 * files of CIFAR-10, or folders {@code train/CLASS} and {@code test/CLASS} of PNG, JPEG, GIF or BMP
 * images of one size.
 */
final class ImageFiles {
  private static final int IDX_IMAGES = 0x0803;
  private static final int IDX_LABELS = 0x0801;
  private static final int CIFAR_SIDE = 32;
  private static final int CIFAR_CLASSES = 10;
  private static final long MOST_PIXELS = 1L << 30;
  private static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp");

  private final Path folder;

  private ImageFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws SourceException if there are no such images, or they are not sound, naming the file
   */
  static ImageData read(Path folder) throws SourceException {
    if (!Files.isDirectory(folder)) {
      throw new SourceException("there is no folder " + folder);
    }
    try {
      return new ImageFiles(folder).read();
    } catch (EOFException e) {
      throw new SourceException(
          "%s holds a file that is cut short: %s".formatted(folder, e.getMessage()), e);
    } catch (IOException e) {
      throw new SourceException(folder + " cannot be read: " + FileProblem.reason(e), e);
    }
  }

  private ImageData read() throws IOException, SourceException {
    ImageData data;
    if (find("train-images-idx3-ubyte") != null) {
      ImageSet training = idx("train");
      data = new ImageData("IDX", training, idx("t10k"), numbers(training));
    } else if (find("data_batch_1.bin") != null) {
      data = cifar();
    } else if (Files.isDirectory(folder.resolve("train"))) {
      List<String> classes = folders(folder.resolve("train"));
      data =
          new ImageData("image folder", images("train", classes), images("test", classes), classes);
    } else {
      throw new SourceException(
          "%s holds no images that are known; allowed: train-images-idx3-ubyte and its three companions (IDX, plain or .gz), data_batch_1.bin to data_batch_5.bin and test_batch.bin (CIFAR-10), or folders train/CLASS and test/CLASS of images"
              .formatted(folder));
    }
    check(data);
    return data;
  }

  private void check(ImageData data) throws SourceException {
    if (data.training().count() == 0 || data.test().count() == 0) {
      throw new SourceException(
          "%s has %d images to train on and %d to test with; each needs at least one"
              .formatted(folder, data.training().count(), data.test().count()));
    }
    if (!data.shape().equals(data.test().shape())) {
      throw new SourceException(
          "%s has images of %s to train on and of %s to test with; they must be of one size"
              .formatted(folder, data.shape(), data.test().shape()));
    }
    int classes = data.classes().size();
    for (int label : data.test().labels()) {
      if (label >= classes) {
        throw new SourceException(
            "%s tests class %d, and trains only those from 0 to %d"
                .formatted(folder, label, classes - 1));
      }
    }
  }

  private static List<String> numbers(ImageSet training) {
    int most = Arrays.stream(training.labels()).max().orElse(0);
    return IntStream.rangeClosed(0, most).mapToObj(Integer::toString).toList();
  }

  private @Nullable Path find(String name) {
    for (String suffix : List.of("", ".gz")) {
      Path file = folder.resolve(name + suffix);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  private DataInputStream open(String name) throws IOException, SourceException {
    Path file = find(name);
    if (file == null) {
      throw new SourceException("%s has no file %s, plain or .gz".formatted(folder, name));
    }
    InputStream in = Files.newInputStream(file);
    return new DataInputStream(file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in);
  }

  private ImageSet idx(String part) throws IOException, SourceException {
    String images = part + "-images-idx3-ubyte";
    String labels = part + "-labels-idx1-ubyte";
    try (DataInputStream in = open(images);
        DataInputStream of = open(labels)) {
      int count = header(in, images, IDX_IMAGES);
      int height = in.readInt();
      int width = in.readInt();
      int labelled = header(of, labels, IDX_LABELS);
      if (count < 0 || height < 1 || width < 1 || (long) count * height * width > MOST_PIXELS) {
        throw new SourceException(
            "%s: %s says it holds %d images of %d x %d"
                .formatted(folder, images, count, height, width));
      }
      if (count != labelled) {
        throw new SourceException(
            "%s: %s holds %d images, and %s %d labels"
                .formatted(folder, images, count, labels, labelled));
      }
      byte[] pixels = exactly(in, images, count * height * width);
      byte[] classes = exactly(of, labels, count);
      int[] numbers = new int[count];
      Arrays.setAll(numbers, i -> classes[i] & 0xff);
      return new ImageSet(new ImageShape(1, height, width), pixels, numbers);
    }
  }

  private int header(DataInputStream in, String name, int magic)
      throws IOException, SourceException {
    int found = in.readInt();
    if (found != magic) {
      throw new SourceException(
          "%s: %s is no IDX file of that kind: it begins with 0x%08x, not 0x%08x"
              .formatted(folder, name, found, magic));
    }
    return in.readInt();
  }

  private byte[] exactly(InputStream in, String name, int bytes)
      throws IOException, SourceException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes || in.read() >= 0) {
      throw new SourceException(
          "%s: %s holds %s than the %d bytes that its header says"
              .formatted(folder, name, read.length < bytes ? "less" : "more", bytes));
    }
    return read;
  }

  private ImageData cifar() throws IOException, SourceException {
    List<String> parts =
        IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_%d.bin".formatted(i)).toList();
    ImageSet training = cifar(parts.stream().filter(part -> find(part) != null).toList());
    List<String> classes = IntStream.range(0, CIFAR_CLASSES).mapToObj(Integer::toString).toList();
    return new ImageData("CIFAR-10", training, cifar(List.of("test_batch.bin")), classes);
  }

  private ImageSet cifar(List<String> files) throws IOException, SourceException {
    ImageShape shape = new ImageShape(3, CIFAR_SIDE, CIFAR_SIDE);
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    List<Integer> labels = new ArrayList<>();
    for (String file : files) {
      byte[] all;
      try (DataInputStream in = open(file)) {
        all = in.readAllBytes();
      }
      int record = 1 + shape.values();
      if (all.length == 0 || all.length % record != 0) {
        throw new SourceException(
            "%s: %s has %d bytes, which are not whole images of %d"
                .formatted(folder, file, all.length, record));
      }
      for (int at = 0; at < all.length; at += record) {
        if (all[at] < 0 || all[at] >= CIFAR_CLASSES) {
          throw new SourceException(
              "%s: %s has class %d at byte %d; allowed: 0 to %d"
                  .formatted(folder, file, all[at] & 0xff, at, CIFAR_CLASSES - 1));
        }
        labels.add((int) all[at]);
        pixels.write(all, at + 1, shape.values());
      }
    }
    return new ImageSet(
        shape, pixels.toByteArray(), labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<String> folders(Path of) throws IOException {
    try (Stream<Path> entries = Files.list(of)) {
      return entries
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private ImageSet images(String part, List<String> classes) throws IOException, SourceException {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    List<Integer> labels = new ArrayList<>();
    ImageShape shape = null;
    for (int label = 0; label < classes.size(); label++) {
      Path home = folder.resolve(part).resolve(classes.get(label));
      if (!Files.isDirectory(home)) {
        continue;
      }
      for (Path file : imageFiles(home)) {
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
          throw new SourceException(file + " is not an image that can be read");
        }
        Raster raster = image.getRaster();
        boolean isGrey =
            raster.getNumBands() < 3 && !(image.getColorModel() instanceof IndexColorModel);
        int channels = isGrey ? 1 : 3;
        ImageShape found = new ImageShape(channels, image.getHeight(), image.getWidth());
        if (shape != null && !shape.equals(found)) {
          throw new SourceException(
              "%s is %s, and others are %s; all images must be of one size and colour"
                  .formatted(file, found, shape));
        }
        shape = found;
        append(image, found, pixels);
        labels.add(label);
      }
    }
    return new ImageSet(
        shape == null ? new ImageShape(1, 1, 1) : shape,
        pixels.toByteArray(),
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static List<Path> imageFiles(Path home) throws IOException {
    try (Stream<Path> entries = Files.list(home)) {
      return entries
          .filter(
              file ->
                  SUFFIXES.stream().anyMatch(file.toString().toLowerCase(Locale.ROOT)::endsWith))
          .sorted()
          .toList();
    }
  }

  private static void append(BufferedImage image, ImageShape shape, ByteArrayOutputStream pixels) {
    int[] shifts = shape.channels() == 1 ? new int[] {0} : new int[] {16, 8, 0};
    int surplus = Math.max(0, image.getColorModel().getComponentSize(0) - Byte.SIZE);
    for (int shift : shifts) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          // A grey image as it is stored; the way through RGB would brighten it.
          int value =
              shape.channels() == 1
                  ? image.getRaster().getSample(x, y, 0) >>> surplus
                  : image.getRGB(x, y) >>> shift;
          pixels.write(value);
        }
      }
    }
  }
}
