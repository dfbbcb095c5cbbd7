package org.sgsars.simulation;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The disks of a world: one for all instances of a service, and one for each producer. */
final class Disks implements AutoCloseable {
  private static final long BYTES = 1 << 20;
  private static final int BLOCK = 8 << 10;

  private final Map<String, FileSystem> disks = new TreeMap<>();

  /** Those that are full, and the step at which they have room again. */
  private final Map<String, Long> full = new TreeMap<>();

  /** Where an owner keeps its states. */
  Path states(String owner) {
    return disk(owner).getPath("/state");
  }

  private FileSystem disk(String owner) {
    return disks.computeIfAbsent(
        owner,
        name -> Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(BYTES).build()));
  }

  /** The newest states of an owner, those of each partition in turn. */
  List<Path> statesOf(String owner) throws IOException {
    if (!Files.isDirectory(states(owner))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(states(owner))) {
      return all.filter(file -> file.toString().endsWith(".state"))
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  /** Fills a disk. */
  void fill(String owner, long untilStep) {
    byte[] block = new byte[BLOCK];
    try (OutputStream file = Files.newOutputStream(disk(owner).getPath("/filler"))) {
      while (true) {
        file.write(block);
      }
    } catch (IOException e) {
      // Now it is full.
      full.put(owner, untilStep);
    }
  }

  /** Makes room again where it is time. */
  void makeRoom(long step) {
    full.entrySet()
        .removeIf(
            entry -> {
              boolean isTime = step >= entry.getValue();
              if (isTime) {
                try {
                  Files.deleteIfExists(disk(entry.getKey()).getPath("/filler"));
                } catch (IOException e) {
                  throw new UncheckedIOException("A disk in memory fails", e);
                }
              }
              return isTime;
            });
  }

  @Override
  public void close() throws IOException {
    for (FileSystem disk : disks.values()) {
      disk.close();
    }
  }
}
