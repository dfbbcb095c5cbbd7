package org.sgsars.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The folders that an experiment may name files of. Links are followed before it is decided: what
 * counts is where a file really is.
 */
public final class ReadableFolders {
  /** All there are: for somebody's own experiments on his own machine. */
  public static final ReadableFolders ALL = new ReadableFolders(List.of(Path.of("/")), true);

  private final List<Path> folders;
  private final boolean all;

  private ReadableFolders(List<Path> folders, boolean all) {
    this.folders = folders;
    this.all = all;
  }

  /** These and what is in them. */
  public static ReadableFolders of(List<Path> folders) {
    return new ReadableFolders(folders.stream().map(ReadableFolders::real).toList(), false);
  }

  boolean has(Path path) {
    Path real = real(path);
    return all || folders.stream().anyMatch(real::startsWith);
  }

  /** The folders, as they are named in errors. */
  @Override
  public String toString() {
    return folders.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  /** Where a path leads to, as far as there is something. */
  private static Path real(Path path) {
    Path whole = path.toAbsolutePath().normalize();
    @Nullable Path there = whole;
    while (there != null) {
      try {
        return there.toRealPath().resolve(there.relativize(whole));
      } catch (IOException e) {
        there = there.getParent();
      }
    }
    return whole;
  }
}
