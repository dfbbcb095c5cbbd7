package org.sgsars.source.train;

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
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.source.ImageShape;
import org.sgsars.source.SourceException;

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

  /** Of one set of images, in bytes. */
  static final int MOST_PIXELS = 1 << 30;

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
    return new ImageFiles(folder).read();
  }

  private ImageData read() throws SourceException {
    ImageData data;
    if (find("train-images-idx3-ubyte") != null) {
      ImageSet training = idx("train");
      data = new ImageData("IDX", training, idx("t10k"), numbers(training), List.of());
    } else if (find("data_batch_1.bin") != null) {
      data = cifar();
    } else if (Files.isDirectory(folder.resolve("train"))) {
      data = ImageFolder.read(folder);
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

  /** Reads one file of the folder. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException, SourceException;
  }

  /** Reads a file; whatever keeps it from being read is said of that file. */
  private <T> T read(String name, Reader<T> reader) throws SourceException {
    Path file = find(name);
    if (file == null) {
      throw new SourceException("%s has no file %s, plain or .gz".formatted(folder, name));
    }
    Optional<String> pointer = GitLfs.problem(file);
    if (pointer.isPresent()) {
      throw new SourceException(pointer.get());
    }
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        DataInputStream data = new DataInputStream(in)) {
      return reader.read(data);
    } catch (EOFException e) {
      throw new SourceException(file + " is cut short", e);
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    }
  }

  private ImageSet idx(String part) throws SourceException {
    String images = part + "-images-idx3-ubyte";
    String labels = part + "-labels-idx1-ubyte";
    byte[] classes =
        read(labels, in -> exactly(in, labels, checked(labels, header(in, labels, IDX_LABELS))));
    return read(
        images,
        in -> {
          int count = header(in, images, IDX_IMAGES);
          int height = in.readInt();
          int width = in.readInt();
          if (count < 0
              || height < 1
              || width < 1
              || (long) height * width > MOST_PIXELS
              || (long) count * height * width > MOST_PIXELS) {
            throw new SourceException(
                "%s: %s says it holds %d images of %d x %d"
                    .formatted(folder, images, count, height, width));
          }
          if (count != classes.length) {
            throw new SourceException(
                "%s: %s holds %d images, and %s %d labels"
                    .formatted(folder, images, count, labels, classes.length));
          }
          byte[] pixels = exactly(in, images, count * height * width);
          int[] numbers = new int[count];
          Arrays.setAll(numbers, i -> classes[i] & 0xff);
          return new ImageSet(new ImageShape(1, height, width), pixels, numbers);
        });
  }

  private int checked(String labels, int count) throws SourceException {
    if (count < 0 || count > MOST_PIXELS) {
      throw new SourceException("%s: %s says it holds %d labels".formatted(folder, labels, count));
    }
    return count;
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

  private ImageData cifar() throws SourceException {
    List<String> parts =
        IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_%d.bin".formatted(i)).toList();
    ImageSet training = cifar(parts.stream().filter(part -> find(part) != null).toList());
    List<String> classes = IntStream.range(0, CIFAR_CLASSES).mapToObj(Integer::toString).toList();
    return new ImageData(
        "CIFAR-10", training, cifar(List.of("test_batch.bin")), classes, List.of());
  }

  private ImageSet cifar(List<String> files) throws SourceException {
    ImageShape shape = new ImageShape(3, CIFAR_SIDE, CIFAR_SIDE);
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    List<Integer> labels = new ArrayList<>();
    for (String file : files) {
      // One byte more than is allowed, so that it is seen.
      byte[] all = read(file, in -> in.readNBytes(MOST_PIXELS - pixels.size() + 1));
      if (all.length > MOST_PIXELS - pixels.size()) {
        throw new SourceException(
            "%s: %s is too large; allowed: %d bytes of images"
                .formatted(folder, file, MOST_PIXELS));
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
}
