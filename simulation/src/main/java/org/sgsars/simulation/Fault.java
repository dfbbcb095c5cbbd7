package org.sgsars.simulation;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.analyzer.kafka.AnalyzerLoop;
import org.sgsars.file.Folders;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.PartitionOrder;
import org.sgsars.log.memory.Fate;

/** What goes wrong in a schedule. None of it may change a report. */
enum Fault {
  /** A process is killed at one of its next calls of the log. */
  KILL {
    @Override
    String inject(World world) {
      Instance victim = any(world);
      int calls = world.draw(40);
      victim.killAfter(calls);
      return "%s is killed at its call %d from now".formatted(victim.name(), calls);
    }
  },
  /** A process lacks memory when it sends, which is in the middle of a record. */
  NO_MEMORY {
    @Override
    String inject(World world) {
      Instance victim = any(world);
      int sends = world.draw(40);
      victim.lackMemoryAfter(sends);
      return "%s lacks memory when it sends its record %d from now".formatted(victim.name(), sends);
    }
  },
  /** A process stops in good order, and is started again. */
  STOP {
    @Override
    String inject(World world) {
      Instance victim = any(world);
      return "%s: %s".formatted(victim.name(), victim.stop(world.steps()).orElse("is not up"));
    }
  },
  /** All members of a group have to join again. */
  REBALANCE {
    @Override
    String inject(World world) {
      String group = service(world);
      world.log().faults().rebalance(group);
      return "group " + group + " rebalances";
    }
  },
  /** A process stands still, perhaps for longer than its session. */
  PAUSE {
    @Override
    String inject(World world) {
      Instance victim = any(world);
      Duration pause = Duration.ofMillis(100L << world.draw(6));
      victim.pauseUntil(world.time().nanos() + pause.toNanos());
      return "%s stands still for %s".formatted(victim.name(), pause);
    }
  },
  /** The analyzer stands still for long, and then has much to read, some of it no more there. */
  BEHIND {
    @Override
    String inject(World world) {
      Duration pause = Duration.ofSeconds(1 + world.draw(8));
      world.instances().stream()
          .filter(instance -> instance.name().equals(AnalyzerLoop.SERVICE))
          .forEach(analyzer -> analyzer.pauseUntil(world.time().nanos() + pause.toNanos()));
      return "the analyzer stands still for %s".formatted(pause);
    }
  },
  /** A member is put out of its group. */
  EXPIRE {
    @Override
    String inject(World world) {
      String group = service(world);
      List<String> members = world.log().faults().members(group);
      if (members.isEmpty()) {
        return "group " + group + " has no members";
      }
      String member = members.get(world.draw(members.size()));
      world.log().faults().expireSession(group, member);
      return "the session of " + member + " is over";
    }
  },
  /** The newest state of a partition is cut short; a topic of snapshots gets other records. */
  TORN {
    @Override
    String inject(World world) throws IOException {
      if (world.snapshots() == Snapshots.LOG) {
        return world.spoilSnapshots(service(world));
      }
      List<Path> states = world.disks().statesOf(service(world));
      if (states.isEmpty()) {
        return "no state to tear";
      }
      Path torn = states.get(world.draw(states.size()));
      long size = Files.size(torn);
      try (FileChannel file = FileChannel.open(torn, StandardOpenOption.WRITE)) {
        file.truncate(size * world.draw(100) / 100);
      }
      return torn + " is cut short";
    }
  },
  /** A service's states are gone. */
  NO_DISK {
    @Override
    String inject(World world) throws IOException {
      String service = service(world);
      world.instances().stream()
          .filter(instance -> instance.name().startsWith(service))
          .forEach(instance -> instance.killAfter(0));
      if (world.snapshots() == Snapshots.LOG) {
        return world.deleteSnapshots(service);
      }
      Path states = world.disks().states(service);
      if (Files.isDirectory(states)) {
        Folders.delete(states);
      }
      return "the disk of " + service + " is gone, and its processes with it";
    }
  },
  /** The disk of a service is full for a while. */
  NO_ROOM {
    @Override
    String inject(World world) throws IOException {
      String service = service(world);
      int steps = 1 + world.draw(200);
      if (world.snapshots() == Snapshots.LOG) {
        return "the disk of %s is full, and it has nothing there".formatted(service);
      }
      world.disks().fill(service, world.steps() + steps);
      return "the disk of %s is full for %d steps".formatted(service, steps);
    }
  },
  /**
   * What a service says it has behind it is deleted, though only a state not saved yet knows it.
   */
  TRIMMED {
    @Override
    String inject(World world) {
      String service = service(world);
      Map<TopicPartition, Long> committed = new TreeMap<>(PartitionOrder.BY_TOPIC_AND_NUMBER);
      try (LogAdmin admin = world.log().clients().admin()) {
        admin.committed(service).forEach((of, offset) -> committed.put(of, offset.offset()));
      }
      committed.forEach(world.log().faults()::deleteBefore);
      return "deleted what " + service + " has behind it: " + committed;
    }
  },
  /** What is sent comes twice, or later, or is acknowledged later, for a while. */
  UNSTEADY {
    @Override
    String inject(World world) {
      Fate fate =
          List.of(Fate.DUPLICATED, Fate.ACKNOWLEDGED_LATE, Fate.DELIVERED_LATE).get(world.draw(3));
      int oneIn = 1 + world.draw(5);
      world.log().faults().decideFates(record -> world.draw(oneIn) == 0 ? fate : Fate.DELIVERED);
      return "one in %d records is %s".formatted(oneIn, fate);
    }
  },
  /** A record is not acknowledged, and is in the log or not. */
  UNDELIVERED {
    @Override
    String inject(World world) {
      Fate fate = List.of(Fate.NEVER_ACKNOWLEDGED, Fate.LOST).get(world.draw(2));
      int at = world.draw(60);
      AtomicInteger sent = new AtomicInteger();
      world
          .log()
          .faults()
          .decideFates(record -> sent.getAndIncrement() == at ? fate : Fate.DELIVERED);
      return "record %d from now is %s".formatted(at, fate);
    }
  },
  /** The broker is away for a while. */
  BROKER {
    @Override
    String inject(World world) {
      int steps = 1 + world.draw(300);
      world.brokersDown(steps);
      return "the brokers are away for %d steps".formatted(steps);
    }
  };

  private static final List<String> SERVICES =
      List.of("sgs-service", "ars-controller", "crossbar-sim");

  /** Injects it, and describes what was injected. */
  abstract String inject(World world) throws IOException;

  private static Instance any(World world) {
    return world.instances().get(world.draw(world.instances().size()));
  }

  private static String service(World world) {
    return SERVICES.get(world.draw(SERVICES.size()));
  }
}
