package org.sgsars.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;

final class UnfinishedRunTest {
  @TempDir private Path folder = Path.of("");

  private UnfinishedRun of(String... ingredients) {
    return new UnfinishedRun(folder.resolve("state/unfinished"), List.of(ingredients));
  }

  @Test
  void name_nothingRemembered_isNone() {
    assertThat(of("a").name()).isEmpty();
  }

  @Test
  void name_remembered_isTheRunOfTheSameIngredientsOnly() {
    of("a", "b").remember("run-1");

    assertThat(of("a", "b").name()).contains("run-1");
    assertThat(of("a", "c").name()).isEmpty();
    assertThat(of("ab", "").name()).isEmpty();
  }

  @Test
  void name_forgotten_isNone() {
    of("a").remember("run-1");
    of("a").delete();

    assertThat(of("a").name()).isEmpty();
  }

  @Test
  void name_tornFile_isNone() throws Exception {
    of("a").remember("run-1");
    Files.writeString(folder.resolve("state/unfinished"), "run-1\n");

    assertThat(of("a").name()).isEmpty();
  }

  @Test
  void remember_folderThatCannotBe_saysWhatToDo() throws Exception {
    Files.createFile(folder.resolve("state"));

    assertThatThrownBy(() -> of("a").remember("run-1"))
        .isInstanceOf(ServiceException.class)
        .hasMessageStartingWith(folder.resolve("state/unfinished") + " cannot be written")
        .hasMessageEndingWith("make the state folder writable");
  }
}
