package org.sgsars.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SystemFilesTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    ".ipynb_checkpoints, true",
    "train/cat/._0.png, true",
    "__MACOSX, true",
    "Thumbs.db, true",
    "Desktop.ini, true",
    ".hidden/0.png, false",
    "0.png, false",
    "thumbs.db.png, false"
  })
  void isHidden_name_isSoByItself(String path, boolean isHidden) {
    assertThat(SystemFiles.isHidden(Path.of(path))).isEqualTo(isHidden);
  }

  @Test
  void problem_dataOrNothing_isNoPointer(@TempDir Path folder) throws Exception {
    Path data = Files.writeString(folder.resolve("data"), "version https://git-lfs");

    assertThat(GitLfs.problem(data)).isEmpty();
    assertThat(GitLfs.problem(folder)).isEmpty();
    assertThat(GitLfs.problem(folder.resolve("none"))).isEmpty();
  }
}
