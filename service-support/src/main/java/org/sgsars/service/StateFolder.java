package org.sgsars.service;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as files, one per key and input offset, in a folder that the instances of a service
 * share. A file appears under its name only when it is whole.
 */
public final class StateFolder implements SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
  private static final long MAGIC = 0x5347_5341_5253_0000L | FORMAT;
  private static final String SUFFIX = ".state";

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

  /** A state that is written, under a name where no restart looks for it. */
  private static final class FileDraft implements Draft {
    private final Path home;
    private final long offset;
    private final Path temporary;
    private final FileChannel file;
    private final long bytes;

    private FileDraft(Path home, long offset, Path temporary, FileChannel file) throws IOException {
      this.home = home;
      this.offset = offset;
      this.temporary = temporary;
      this.file = file;
      this.bytes = file.size();
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long publish() {
      try {
        try (file) {
          file.force(true);
        }
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

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the draft closes it
  public Draft draft(Key key, long offset, Saver saver) {
    Path home = folder.resolve(key.name());
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
      return new FileDraft(home, offset, temporary, file);
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
   * A torn file is removed, as it would count as one of those that are kept. So is what crashed
   * writers left behind.
   */
  @Override
  public <T> Optional<Restored<T>> restore(
      Key key, long least, Supplier<T> fresh, Reader<T> reader) {
    Path home = folder.resolve(key.name());
    TemporaryFiles.removeAllAbandoned(home);
    List<Path> files = new ArrayList<>(newestFirst(home));
    for (Path file : files.stream().filter(file -> offsetOf(file) >= least).toList()) {
      T state = fresh.get();
      try {
        read(file, in -> reader.restore(state, in));
        return Optional.of(new Restored<>(state, offsetOf(file), neededFrom(files)));
      } catch (TornException | NoSuchFileException e) {
        LOG.warn("Saved state {} cannot be used ({}); trying an older one", file, reason(e));
        deleteQuietly(file);
        files.remove(file);
      } catch (IOException | RuntimeException e) {
        throw new ServiceException(
            "Saved state %s is whole but cannot be restored: %s; start again when the cause is gone, or remove %s to begin anew"
                .formatted(file, FailureReason.of(e), home),
            e);
      }
    }
    return Optional.empty();
  }

  @Override
  public void delete(Key key) {
    Path home = folder.resolve(key.name());
    try (Stream<Path> files = Files.list(home)) {
      files.forEach(StateFolder::deleteQuietly);
    } catch (IOException e) {
      LOG.debug("Folder {} cannot be read", home, e);
    }
    deleteQuietly(home);
  }

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

  /** Files need nothing. */
  @Override
  public void close() {}

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
