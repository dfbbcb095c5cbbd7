package org.sgsars.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.sgsars.file.Folders;

/** Something bad that happens to a cluster. */
enum Fault {
  KILL_SERVICE("a service killed") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> victim = any(cluster.services(), random);
      if (victim.isPresent()) {
        victim.get().kill();
      }
      return victim.isPresent();
    }
  },
  KILL_TWO("two services killed at once") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> first = any(cluster.services(), random);
      Optional<Member> second = any(cluster.services(), random);
      if (first.isEmpty() || first.equals(second)) {
        return false;
      }
      first.get().kill();
      second.orElseThrow().kill();
      return true;
    }
  },
  PAUSE_SERVICE("a service paused for longer than its session") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      return pause(
          any(cluster.services(), random), Cluster.SESSION_MS + 1000 + random.nextInt(4000));
    }
  },
  KILL_BROKER("the broker killed, and away for a while") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> broker = any(cluster.of(Cluster.BROKER), random);
      if (broker.isPresent()) {
        broker.get().kill();
        broker.get().keepDown(random.nextInt(patient ? 60_000 : 3000));
      }
      return broker.isPresent();
    }
  },
  RESTART_BROKER("the broker restarted") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> broker = any(cluster.of(Cluster.BROKER), random);
      if (broker.isPresent()) {
        broker.get().stop();
      }
      return broker.isPresent();
    }
  },
  PAUSE_BROKER("the broker paused") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      return pause(
          any(cluster.of(Cluster.BROKER), random), 1000 + random.nextInt(patient ? 60_000 : 3000));
    }
  },
  SLOW_BROKER("the broker slow, a tenth of its time") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> broker = any(cluster.of(Cluster.BROKER), random);
      long by = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patient ? 20_000 : 3000);
      while (broker.isPresent() && System.nanoTime() < by) {
        if (!pause(broker, 180)) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      return broker.isPresent();
    }
  },
  FULL_DISK("no room for saved states") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      Optional<Member> victim = any(cluster.of(stage(random)), random);
      return victim.isPresent() && victim.get().limitFiles(64);
    }
  },
  TORN_STATE("the newest saved state truncated") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      return spoilState(
          cluster, random, file -> file.setLength(random.nextLong(Math.max(1, file.length()))));
    }
  },
  CORRUPT_STATE("a byte of the newest saved state changed") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      return spoilState(
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
  },
  LOSE_STATE("a service's state folder lost") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      String service = stage(random);
      Path folder = cluster.states(service);
      for (Member member : cluster.of(service)) {
        member.kill();
        member.keepDown(2000);
      }
      if (!Files.isDirectory(folder)) {
        return false;
      }
      Folders.delete(folder);
      return true;
    }
  },
  ADD_INSTANCE("an instance added") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) {
      String service = stage(random);
      if (cluster.of(service).size() > 2) {
        return false;
      }
      cluster.add(service);
      return true;
    }
  },
  REMOVE_INSTANCE("an instance removed") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      List<Member> instances = cluster.of(stage(random));
      if (instances.size() < 2) {
        return false;
      }
      cluster.dismiss(any(instances, random).orElseThrow());
      return true;
    }
  },
  RESEND("records sent again") {
    @Override
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
      return Resend.some(cluster.bootstrapServers(), random) > 0;
    }
  };

  private final String what;

  Fault(String what) {
    this.what = what;
  }

  String what() {
    return what;
  }

  /**
   * Makes it happen.
   *
   * @param patient whether broker and services may be away for long
   * @return whether it did; some cannot at the moment, or not on this system
   */
  abstract boolean inject(Cluster cluster, SplittableRandom random, boolean patient)
      throws Exception;

  private static Optional<Member> any(List<Member> members, SplittableRandom random) {
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(members.get(random.nextInt(members.size())));
  }

  private static String stage(SplittableRandom random) {
    return Cluster.STAGES.get(random.nextInt(Cluster.STAGES.size()));
  }

  private static boolean pause(Optional<Member> member, long milliseconds) throws Exception {
    if (member.isEmpty() || !member.get().signal("STOP")) {
      return false;
    }
    TimeUnit.MILLISECONDS.sleep(milliseconds);
    member.get().signal("CONT");
    return true;
  }

  /** Does something to a file. */
  @FunctionalInterface
  private interface Spoil {
    void spoil(RandomAccessFile file) throws IOException;
  }

  /** Spoils the newest state of a partition, and kills the service so that it is read. */
  private static boolean spoilState(Cluster cluster, SplittableRandom random, Spoil spoil)
      throws Exception {
    String service = stage(random);
    for (Member member : cluster.of(service)) {
      member.kill();
    }
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
