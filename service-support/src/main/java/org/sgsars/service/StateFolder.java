package org.sgsars.service;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saved states of partitions, one file per partition and input offset, in a folder that the
 * instances of a service share. The state at an offset is the same whoever computed it, so it does
 * not matter which instance wrote a file. A file appears under its name only when it is whole.
 */
public final class StateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
  private static final long MAGIC = 0x5347_5341_5253_0006L;
  private static final String SUFFIX = ".state";
  private static final int KEPT = 2;

  private final Path folder;

  /**
   * @throws ServiceException if the folder cannot be made or written
   */
  public StateFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".probe", ".tmp"));
      TemporaryFiles.removeAllAbandoned(folder);
    } catch (IOException e) {
      throw new ServiceException(
          "State folder %s cannot be written: %s; make it writable or choose another"
              .formatted(folder, reason(e)),
          e);
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /** Writes a state. */
  @FunctionalInterface
  public interface Saver {
    void save(DataOutput out) throws IOException;
  }

  /** Reads a state. */
  @FunctionalInterface
  public interface Restorer {
    void restore(DataInput in) throws IOException;
  }

  /** A state that is written, under a name where no restart looks for it. */
  public static final class Draft {
    private final Path home;
    private final long offset;
    private final Path temporary;
    private final FileChannel file;

    private Draft(Path home, long offset, Path temporary, FileChannel file) {
      this.home = home;
      this.offset = offset;
      this.temporary = temporary;
      this.file = file;
    }

    /**
     * Makes it the state that a restart goes on from, even after a power failure. From any thread.
     *
     * @return from which record on one is needed if the newest state is spoiled: the offset of the
     *     state before, or 0 if there is none
     * @throws ServiceException if it cannot be brought to the disk
     */
    public long publish() {
      try {
        try (file) {
          file.force(true);
        }
        // A file of this name that is there is torn: a restart went on before it.
        Files.move(
            temporary,
            file(home, offset),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        syncFolder(home);
        List<Path> files = newestFirst(home);
        int kept = Math.min(KEPT, files.size());
        for (Path old : files.subList(kept, files.size())) {
          Files.deleteIfExists(old);
        }
        return neededFrom(files.subList(0, kept));
      } catch (IOException e) {
        deleteQuietly(temporary);
        throw notSaved(home, e);
      }
    }
  }

  /**
   * Writes the state of a partition after all records before {@code offset}. It counts when it is
   * published.
   *
   * @param partition names topic and partition, and the topic's identity
   * @throws ServiceException if it cannot be written, such as when the disk is full
   */
  @SuppressWarnings("MustBeClosedChecker") // the draft closes it
  public Draft draft(String partition, long offset, Saver saver) {
    Path home = folder.resolve(partition);
    Path temporary = TemporaryFiles.beside(file(home, offset));
    try {
      Files.createDirectories(home);
      FileChannel file =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        write(file, saver);
      } catch (IOException | RuntimeException | Error e) {
        file.close();
        deleteQuietly(temporary);
        throw e;
      }
      return new Draft(home, offset, temporary, file);
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw notSaved(home, e);
    }
  }

  private static ServiceException notSaved(Path home, IOException e) {
    return new ServiceException(
        "State cannot be saved in %s: %s; make room and start again, nothing is lost"
            .formatted(home, reason(e)),
        e);
  }

  /** Makes the new name survive a power failure, where the system can. */
  private static void syncFolder(Path home) {
    try (FileChannel channel = FileChannel.open(home, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("Folder {} cannot be synchronised", home, e);
    }
  }

  private static Path file(Path home, long offset) {
    return home.resolve("%020d".formatted(offset) + SUFFIX);
  }

  private static long offsetOf(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  /** Beside a single state there is only the beginning to go back to. */
  private static long neededFrom(List<Path> newestFirst) {
    return newestFirst.size() < KEPT ? 0 : offsetOf(newestFirst.get(newestFirst.size() - 1));
  }

  private static void write(FileChannel file, Saver saver) throws IOException {
    CheckedOutputStream checked =
        new CheckedOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16), new CRC32C());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeLong(MAGIC);
    saver.save(out);
    out.flush();
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  /**
   * Restores the newest whole state of a partition. A torn file is passed over for the one before.
   * What crashed writers left behind is removed.
   *
   * @param fresh makes an empty state to restore into, once per attempt
   * @return the state and the offset to go on from, or nothing if none was saved
   * @throws ServiceException if a whole file cannot be read or used: starting over in silence would
   *     throw good state away
   */
  public <T> Optional<Restored<T>> restore(
      String partition, java.util.function.Supplier<T> fresh, Reader<T> reader) {
    Path home = folder.resolve(partition);
    TemporaryFiles.removeAllAbandoned(home);
    List<Path> files = newestFirst(home);
    for (Path file : files) {
      T state = fresh.get();
      try {
        read(file, in -> reader.restore(state, in));
        return Optional.of(new Restored<>(state, offsetOf(file), neededFrom(files)));
      } catch (TornException | NoSuchFileException e) {
        LOG.warn("Saved state {} cannot be used ({}); trying an older one", file, reason(e));
      } catch (IOException | RuntimeException e) {
        throw new ServiceException(
            "Saved state %s is whole but cannot be restored: %s; start again when the cause is gone, or remove %s to begin anew"
                .formatted(file, FailureReason.of(e), home),
            e);
      }
    }
    return Optional.empty();
  }

  /** Removes the states of a partition that nobody goes on with, as far as they can be removed. */
  public void forget(String partition) {
    Path home = folder.resolve(partition);
    try (Stream<Path> files = Files.list(home)) {
      files.forEach(StateFolder::deleteQuietly);
    } catch (IOException e) {
      LOG.debug("Folder {} cannot be read", home, e);
    }
    deleteQuietly(home);
  }

  /** Reads a state into an object. */
  @FunctionalInterface
  public interface Reader<T> {
    void restore(T state, DataInput in) throws IOException;
  }

  /**
   * @param state what was saved
   * @param offset the next input record
   * @param oldestKept see {@link Draft#publish}
   */
  public record Restored<T>(T state, long offset, long oldestKept) {}

  /** A file that is not what was written. */
  private static final class TornException extends IOException {
    TornException(String message) {
      super(message);
    }
  }

  private static void read(Path file, Restorer restorer) throws IOException {
    verify(file);
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 16))) {
      in.readLong();
      restorer.restore(in);
    }
  }

  /** First the checksum over the whole file: nothing of a torn file is ever interpreted. */
  private static void verify(Path file) throws IOException {
    long length = Files.size(file) - Long.BYTES;
    if (length < Long.BYTES) {
      throw new TornException("only " + Files.size(file) + " bytes");
    }
    try (InputStream raw = Files.newInputStream(file)) {
      CheckedInputStream checked =
          new CheckedInputStream(new BufferedInputStream(raw, 1 << 16), new CRC32C());
      DataInputStream in = new DataInputStream(checked);
      if (in.readLong() != MAGIC) {
        throw new TornException("not a state of this version");
      }
      in.skipNBytes(length - Long.BYTES);
      long expected = checked.getChecksum().getValue();
      if (in.readLong() != expected) {
        throw new TornException("checksum differs");
      }
    }
  }

  private static List<Path> newestFirst(Path home) {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d{20}\\.state"))
          .sorted(Comparator.comparing((Path file) -> file.getFileName().toString()).reversed())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new ServiceException(
          "State folder %s cannot be read: %s".formatted(home, reason(e)), e);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("{} stays behind", file, e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
