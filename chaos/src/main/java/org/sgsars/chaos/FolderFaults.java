package org.sgsars.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.sgsars.file.Folders;

/** What happens to the folder that a service's instances share, where they share one. */
final class FolderFaults {
  private static final long NO_ROOM_BYTES = 64;

  private FolderFaults() {}

  static boolean fill(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    Optional<Member> victim = ServiceFaults.any(cluster.of(ServiceFaults.stage(random)), random);
    return victim.isPresent() && victim.get().limitFiles(NO_ROOM_BYTES);
  }

  static boolean truncate(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    return spoil(
        cluster, random, file -> file.setLength(random.nextLong(Math.max(1, file.length()))));
  }

  static boolean corrupt(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    return spoil(
        cluster,
        random,
        file -> {
          long place = random.nextLong(Math.max(1, file.length()));
          file.seek(place);
          int value = file.read();
          file.seek(place);
          file.write(value ^ (1 << random.nextInt(8)));
        });
  }

  static boolean deleteStates(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception {
    String service = ServiceFaults.stage(random);
    Path folder = cluster.states(service);
    if (!Files.isDirectory(folder)) {
      return false;
    }
    for (Member member : cluster.of(service)) {
      member.kill();
      member.keepDown(2000);
    }
    Folders.delete(folder);
    return true;
  }

  /** Does something to a file. */
  @FunctionalInterface
  private interface Spoil {
    void spoil(RandomAccessFile file) throws IOException;
  }

  /** Spoils the newest state of a partition, and kills the service so that it is read. */
  private static boolean spoil(Cluster cluster, SplittableRandom random, Spoil spoil)
      throws Exception {
    String service = ServiceFaults.stage(random);
    List<Path> homes = list(cluster.states(service));
    if (homes.isEmpty()) {
      return false;
    }
    List<Path> files =
        list(homes.get(random.nextInt(homes.size()))).stream()
            .filter(file -> file.toString().endsWith(".state"))
            .toList();
    if (files.isEmpty()) {
      return false;
    }
    for (Member member : cluster.of(service)) {
      member.kill();
    }
    try (RandomAccessFile file = new RandomAccessFile(files.get(files.size() - 1).toFile(), "rw")) {
      spoil.spoil(file);
    }
    return true;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
