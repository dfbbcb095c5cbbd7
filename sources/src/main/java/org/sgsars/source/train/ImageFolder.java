package org.sgsars.source.train;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.sgsars.file.SkippedFiles;
import org.sgsars.source.ImageShape;
import org.sgsars.source.SourceException;

/**
 * Reads folders {@code train/CLASS} and {@code test/CLASS} of PNG, JPEG, GIF or BMP images of one
 * size. What else lies in them is skipped, and said.
 */
final class ImageFolder {
  private static final List<String> SUFFIXES = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp");

  private final Path folder;
  private final SkippedFiles skipped;

  private ImageFolder(Path folder) {
    this.folder = folder;
    this.skipped = new SkippedFiles(folder);
  }

  /**
   * @throws SourceException if an image cannot be read, or a class has none, naming it
   */
  static ImageData read(Path folder) throws SourceException {
    return new ImageFolder(folder).read();
  }

  private ImageData read() throws SourceException {
    List<String> classes = new ArrayList<>();
    for (Path path : folders("train")) {
      classes.add(String.valueOf(path.getFileName()));
    }
    ImageSet training = images("train", classes);
    for (int label = 0; label < classes.size(); label++) {
      int wanted = label;
      if (java.util.Arrays.stream(training.labels()).noneMatch(l -> l == wanted)) {
        throw new SourceException(
            "%s holds no images, so that it is no class; put some into it, or remove it"
                .formatted(folder.resolve("train").resolve(classes.get(label))));
      }
    }
    if (Files.isDirectory(folder.resolve("test"))) {
      folders("test").stream()
          .filter(path -> !classes.contains(String.valueOf(path.getFileName())))
          .forEach(skipped::folder);
    }
    ImageSet test = images("test", classes);
    return new ImageData("image folder", training, test, classes, skipped.notices());
  }

  /** What lies in a folder and is not hidden, by name. */
  private List<Path> visible(Path home) throws SourceException {
    try (Stream<Path> entries = Files.list(home)) {
      return entries.filter(path -> !skipped.hides(path)).sorted().toList();
    } catch (IOException e) {
      throw new SourceException(home + " cannot be read: " + FileProblem.reason(e), e);
    }
  }

  private List<Path> folders(String part) throws SourceException {
    List<Path> folders = new ArrayList<>();
    for (Path path : visible(folder.resolve(part))) {
      if (Files.isDirectory(path)) {
        folders.add(path);
      } else {
        skipped.file(path);
      }
    }
    return folders;
  }

  private List<Path> imageFiles(Path home) throws SourceException {
    List<Path> files = new ArrayList<>();
    for (Path path : visible(home)) {
      String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
      if (Files.isDirectory(path)) {
        skipped.folder(path);
      } else if (SUFFIXES.stream().anyMatch(name::endsWith)) {
        files.add(path);
      } else {
        skipped.file(path);
      }
    }
    return files;
  }

  private ImageSet images(String part, List<String> classes) throws SourceException {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    List<Integer> labels = new ArrayList<>();
    ImageShape shape = null;
    for (int label = 0; label < classes.size(); label++) {
      Path home = folder.resolve(part).resolve(classes.get(label));
      if (!Files.isDirectory(home)) {
        continue;
      }
      for (Path file : imageFiles(home)) {
        BufferedImage image = decode(file);
        ImageShape found = shape(image);
        if (shape != null && !shape.equals(found)) {
          throw new SourceException(
              "%s is %s, and others are %s; all images must be of one size and colour"
                  .formatted(file, found, shape));
        }
        if ((long) pixels.size() + found.values() > ImageFiles.MOST_PIXELS) {
          throw new SourceException(
              "%s: with it the images of %s have more than the %d values that are allowed"
                  .formatted(file, folder.resolve(part), ImageFiles.MOST_PIXELS));
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

  private static BufferedImage decode(Path file) throws SourceException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (GitLfs.isPointer(bytes)) {
        throw new SourceException(GitLfs.problemOf(file));
      }
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
      if (image == null) {
        throw new SourceException(file + " is not an image that can be read");
      }
      return image;
    } catch (IOException e) {
      throw new SourceException(
          "%s is not an image that can be read: %s".formatted(file, FileProblem.reason(e)), e);
    } catch (RuntimeException | OutOfMemoryError e) {
      // A decoder may trip over anything that is no image.
      throw new SourceException("%s is not an image that can be read: %s".formatted(file, e), e);
    }
  }

  private static ImageShape shape(BufferedImage image) {
    Raster raster = image.getRaster();
    boolean isGrey =
        raster.getNumBands() < 3 && !(image.getColorModel() instanceof IndexColorModel);
    return new ImageShape(isGrey ? 1 : 3, image.getHeight(), image.getWidth());
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
