package org.sgsars.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Tells pointers of Git LFS from data: where its files were not fetched, a checkout has a short
 * text in the place of each.
 */
public final class GitLfs {
  private static final byte[] POINTER =
      "version https://git-lfs.github.com/spec/v1".getBytes(StandardCharsets.US_ASCII);

  private GitLfs() {}

  /** Whether these bytes are, or begin, a pointer. */
  public static boolean isPointer(byte[] begin) {
    return begin.length >= POINTER.length
        && Arrays.equals(begin, 0, POINTER.length, POINTER, 0, POINTER.length);
  }

  /** What to say of a file that is a pointer, naming it; nothing if it is none or not there. */
  public static Optional<String> problem(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return isPointer(in.readNBytes(POINTER.length))
          ? Optional.of(problemOf(file))
          : Optional.empty();
    } catch (IOException e) {
      // Whoever reads it says why it cannot be read.
      return Optional.empty();
    }
  }

  /** What to say of a file that is a pointer. */
  public static String problemOf(Path file) {
    return file
        + " is a Git LFS pointer, not the data itself; fetch that by git lfs pull in its repository";
  }
}
