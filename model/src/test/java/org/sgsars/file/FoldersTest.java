package org.sgsars.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FoldersTest {
  @TempDir private Path home = Path.of("");

  @Test
  void delete_folderWithFoldersAndLinks_goesAndWhatIsLinkedStays() throws Exception {
    Path kept = Files.writeString(home.resolve("kept"), "k");
    Path folder = Files.createDirectories(home.resolve("folder/inner"));
    Files.writeString(folder.resolve("file"), "f");
    Files.createSymbolicLink(folder.resolve("link"), kept);

    Folders.delete(home.resolve("folder"));

    assertThat(home.resolve("folder")).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void delete_noSuchFolder_saysSo() {
    assertThatThrownBy(() -> Folders.delete(home.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
