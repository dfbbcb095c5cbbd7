package org.sgsars.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that are written beside their place and renamed when they are whole. */
public final class TemporaryFiles {
  /**
   * Whoever has not written to his file for so long has crashed: writing never stands still but
   * while a disk takes what it was given. If he has not, his rename fails, and he says so.
   */
  static final Duration ABANDONED = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFiles.class);
  private static final String SUFFIX = ".tmp";

  private TemporaryFiles() {}

  /** A name beside a file that no other writer has, in this process, container or another. */
  public static Path beside(Path file) {
    return file.resolveSibling(".%s.%s%s".formatted(file.getFileName(), UUID.randomUUID(), SUFFIX));
  }

  /**
   * Removes what crashed writers left in a folder, as far as it can be removed. Its age is by the
   * clock that the folder's files have, which may be another machine's.
   */
  public static void removeAbandoned(Path folder) {
    removeAbandoned(folder, ".*" + SUFFIX);
  }

  /** The same in a folder that is ours alone, whatever the name before the suffix. */
  static void removeAllAbandoned(Path folder) {
    removeAbandoned(folder, "*" + SUFFIX);
  }

  private static void removeAbandoned(Path folder, String names) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
      Instant now = Instant.EPOCH;
      for (Path file : files) {
        now = now.equals(Instant.EPOCH) ? now(folder) : now;
        FileTime written = Files.getLastModifiedTime(file);
        if (written.toInstant().plus(ABANDONED).isBefore(now) && Files.deleteIfExists(file)) {
          LOG.info("Removed {}, which its writer left behind", file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.debug("Nothing to remove in {}", folder, e);
    } catch (IOException e) {
      LOG.info("What was left behind in {} stays: {}", folder, e.getMessage());
    }
  }

  private static Instant now(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, ".probe", SUFFIX);
    try {
      return Files.getLastModifiedTime(probe).toInstant();
    } finally {
      Files.deleteIfExists(probe);
    }
  }
}
