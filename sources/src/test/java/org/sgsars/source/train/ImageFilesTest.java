package org.sgsars.source.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.source.ImageShape;
import org.sgsars.source.SourceException;

final class ImageFilesTest {
  private static final Path SHIPPED = Path.of("..", "data", "fashion-mnist-small");

  @TempDir private Path folder = Path.of("");

  private void idx(String name, int magic, int[] sizes, int... values) throws Exception {
    Path file = folder.resolve(name);
    OutputStream to = Files.newOutputStream(file);
    try (DataOutputStream out =
        new DataOutputStream(name.endsWith(".gz") ? new GZIPOutputStream(to) : to)) {
      out.writeInt(magic);
      for (int size : sizes) {
        out.writeInt(size);
      }
      for (int value : values) {
        out.writeByte(value);
      }
    }
  }

  /** Two images of 2 x 1 pixels to train on, one to test with. */
  private void fine() throws Exception {
    idx("train-images-idx3-ubyte", 0x803, new int[] {2, 2, 1}, 0, 255, 10, 20);
    idx("train-labels-idx1-ubyte", 0x801, new int[] {2}, 0, 2);
    idx("t10k-images-idx3-ubyte.gz", 0x803, new int[] {1, 2, 1}, 7, 200);
    idx("t10k-labels-idx1-ubyte.gz", 0x801, new int[] {1}, 1);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .isInstanceOf(SourceException.class)
        .hasMessage(message.replace("FOLDER", folder.toString()));
  }

  @Test
  void read_idxPlainAndGzip_holdsPixelsAndLabels() throws Exception {
    fine();

    ImageData data = ImageFiles.read(folder);

    assertThat(data.format()).isEqualTo("IDX");
    assertThat(data.shape()).isEqualTo(new ImageShape(1, 2, 1));
    assertThat(data.training().pixel(1)).isEqualTo(255);
    assertThat(data.training().labels()).containsExactly(0, 2);
    assertThat(data.test().pixel(1)).isEqualTo(200);
    assertThat(data.classes()).containsExactly("0", "1", "2");
  }

  @Test
  void read_shippedImages_haveTheirNumbers() throws Exception {
    ImageData data = ImageFiles.read(SHIPPED);

    assertThat(data.training().count()).isEqualTo(6000);
    assertThat(data.test().count()).isEqualTo(1000);
    assertThat(data.shape()).isEqualTo(new ImageShape(1, 28, 28));
    assertThat(data.classes()).hasSize(10);
    // An ankle boot comes first, in both.
    assertThat(data.training().labels()[0]).isEqualTo(9);
    assertThat(data.test().labels()[0]).isEqualTo(9);
  }

  @Test
  void read_idxUnsound_isRefusedByName() throws Exception {
    fine();
    idx("train-labels-idx1-ubyte", 0x801, new int[] {3}, 0, 2, 1);
    assertRefused(
        "FOLDER: train-images-idx3-ubyte holds 2 images, and train-labels-idx1-ubyte 3 labels");

    fine();
    idx("train-images-idx3-ubyte", 0x803, new int[] {2, 2, 1}, 0, 255, 10);
    assertRefused(
        "FOLDER: train-images-idx3-ubyte holds less than the 4 bytes that its header says");

    fine();
    idx("train-images-idx3-ubyte", 0x801, new int[] {2, 2, 1}, 0, 255, 10, 20);
    assertRefused(
        "FOLDER: train-images-idx3-ubyte is no IDX file of that kind: it begins with 0x00000801, not 0x00000803");

    fine();
    idx("t10k-images-idx3-ubyte.gz", 0x803, new int[] {1, 1, 1}, 7);
    assertRefused(
        "FOLDER has images of 1 x 2 x 1 to train on and of 1 x 1 x 1 to test with; they must be of one size");

    fine();
    idx("t10k-labels-idx1-ubyte.gz", 0x801, new int[] {1}, 3);
    assertRefused("FOLDER tests class 3, and trains only those from 0 to 2");

    fine();
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
    assertRefused("FOLDER has no file t10k-labels-idx1-ubyte, plain or .gz");

    fine();
    Files.write(folder.resolve("train-images-idx3-ubyte"), new byte[] {0, 0});
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .isInstanceOf(SourceException.class)
        .hasMessage(folder.resolve("train-images-idx3-ubyte") + " is cut short");

    fine();
    Files.writeString(folder.resolve("t10k-labels-idx1-ubyte.gz"), "no gzip at all");
    assertRefused("FOLDER/t10k-labels-idx1-ubyte.gz cannot be read: Not in GZIP format");
  }

  @Test
  void read_cifar_holdsColoursChannelByChannel() throws Exception {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    image.write(6);
    for (int channel = 1; channel <= 3; channel++) {
      byte[] plane = new byte[1024];
      java.util.Arrays.fill(plane, (byte) (80 * channel));
      image.write(plane);
    }
    Files.write(folder.resolve("data_batch_1.bin"), image.toByteArray());
    Files.write(folder.resolve("test_batch.bin"), image.toByteArray());

    ImageData data = ImageFiles.read(folder);

    assertThat(data.shape()).isEqualTo(new ImageShape(3, 32, 32));
    assertThat(data.training().labels()).containsExactly(6);
    assertThat(data.training().pixel(0)).isEqualTo(80);
    assertThat(data.training().pixel(2 * 1024)).isEqualTo(240);
    assertThat(data.classes()).hasSize(10);

    Files.write(folder.resolve("test_batch.bin"), new byte[3072]);
    assertRefused("FOLDER: test_batch.bin has 3072 bytes, which are not whole images of 3073");
  }

  private void picture(String path, int type, int colour) throws Exception {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(1, 0, colour);
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void read_folderOfImages_hasAClassPerFolder() throws Exception {
    picture("train/cat/1.png", BufferedImage.TYPE_INT_RGB, 0x102030);
    picture("train/ape/1.png", BufferedImage.TYPE_INT_RGB, 0x405060);
    picture("test/cat/9.png", BufferedImage.TYPE_INT_RGB, 0);

    ImageData data = ImageFiles.read(folder);

    assertThat(data.classes()).containsExactly("ape", "cat");
    assertThat(data.shape()).isEqualTo(new ImageShape(3, 1, 2));
    assertThat(data.training().labels()).containsExactly(0, 1);
    assertThat(new int[] {pixel(data, 7), pixel(data, 9), pixel(data, 11)})
        .containsExactly(0x10, 0x20, 0x30);
    assertThat(data.test().labels()).containsExactly(1);

    picture("train/cat/2.png", BufferedImage.TYPE_BYTE_GRAY, 0);
    assertRefused(
        "FOLDER/train/cat/2.png is 1 x 1 x 2, and others are 3 x 1 x 2; all images must be of one size and colour");
  }

  private void twoClasses() throws Exception {
    picture("train/cat/1.png", BufferedImage.TYPE_INT_RGB, 0x102030);
    picture("train/ape/1.png", BufferedImage.TYPE_INT_RGB, 0x405060);
    picture("test/cat/9.png", BufferedImage.TYPE_INT_RGB, 0);
  }

  @Test
  void read_filesThatSystemsLeave_areNeitherClassesNorImages() throws Exception {
    twoClasses();
    Files.createDirectories(folder.resolve("train/.ipynb_checkpoints"));
    Files.createDirectories(folder.resolve("train/__MACOSX"));
    Files.write(folder.resolve("train/cat/._1.png"), new byte[] {0, 5, 22, 7});
    Files.createFile(folder.resolve("train/cat/Thumbs.db"));
    Files.createFile(folder.resolve("test/cat/desktop.ini"));

    ImageData data = ImageFiles.read(folder);

    assertThat(data.classes()).containsExactly("ape", "cat");
    assertThat(data.training().count()).isEqualTo(2);
    assertThat(data.notices())
        .containsExactly(
            folder
                + ": skipped 5 hidden (test/cat/desktop.ini, train/.ipynb_checkpoints, train/__MACOSX, train/cat/._1.png, train/cat/Thumbs.db)");
  }

  @Test
  void read_whatIsNoImageOfAClass_isCountedAndNamed() throws Exception {
    twoClasses();
    picture("train/cat/more/2.png", BufferedImage.TYPE_INT_RGB, 0);
    Files.createFile(folder.resolve("train/cat/3.webp"));
    Files.createFile(folder.resolve("train/labels.csv"));
    picture("test/dog/1.png", BufferedImage.TYPE_INT_RGB, 0);

    assertThat(ImageFiles.read(folder).notices())
        .containsExactly(
            folder
                + ": skipped 2 folders (test/dog, train/cat/more); 2 other files (train/cat/3.webp, train/labels.csv)");
  }

  @Test
  void read_classWithoutImages_isRefused() throws Exception {
    twoClasses();
    picture("train/dog/nested/1.png", BufferedImage.TYPE_INT_RGB, 0);

    assertRefused(
        "FOLDER/train/dog holds no images, so that it is no class; put some into it, or remove it");
  }

  @Test
  void read_imageThatCannotBeDecoded_isRefusedByName() throws Exception {
    twoClasses();
    Path png = folder.resolve("train/cat/1.png");
    Files.write(png, java.util.Arrays.copyOf(Files.readAllBytes(png), 45));
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .isInstanceOf(SourceException.class)
        .hasMessageStartingWith(png + " is not an image that can be read: ");

    Files.writeString(png, "text");
    assertRefused("FOLDER/train/cat/1.png is not an image that can be read");
  }

  @Test
  void read_gitLfsPointer_isCalledOne() throws Exception {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n";
    String said =
        " is a Git LFS pointer, not the data itself; fetch that by git lfs pull in its repository";
    twoClasses();
    Files.writeString(folder.resolve("train/cat/1.png"), pointer);
    assertRefused("FOLDER/train/cat/1.png" + said);

    Files.writeString(folder.resolve("data_batch_1.bin"), pointer);
    assertRefused("FOLDER/data_batch_1.bin" + said);

    fine();
    Files.writeString(folder.resolve("t10k-images-idx3-ubyte.gz"), pointer);
    assertRefused("FOLDER/t10k-images-idx3-ubyte.gz" + said);
  }

  private static int pixel(ImageData data, int index) {
    return data.training().pixel(index);
  }

  @Test
  void read_nothingKnown_saysWhatIs() {
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .hasMessageStartingWith(folder + " holds no images that are known; allowed: ");
    assertThatThrownBy(() -> ImageFiles.read(folder.resolve("none")))
        .hasMessage("there is no folder " + folder.resolve("none"));
  }

  @Test
  void normalisation_ofTraining_hasMeanZeroAndDeviationOne() throws Exception {
    idx("train-images-idx3-ubyte", 0x803, new int[] {2, 1, 2}, 10, 20, 30, 40);
    idx("train-labels-idx1-ubyte", 0x801, new int[] {2}, 0, 1);
    idx("t10k-images-idx3-ubyte", 0x803, new int[] {1, 1, 2}, 25, 25);
    idx("t10k-labels-idx1-ubyte", 0x801, new int[] {1}, 1);
    ImageData data = ImageFiles.read(folder);
    float[] batch = new float[4];

    data.normalisation().fill(data.training(), 0, batch, 0);
    data.normalisation().fill(data.test(), 0, batch, 1);

    // Mean 25, variance (225 + 25 + 25 + 225) / 4 = 125.
    float deviation = (float) Math.sqrt(125);
    assertThat(batch).containsExactly(-15 / deviation, -5 / deviation, 0, 0);
  }
}
