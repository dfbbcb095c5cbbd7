package org.sgsars.simulation;

import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.SteppedService;
import org.sgsars.service.SteppedService.Step;

/** One process of a service: it is started, does steps, stops, dies, and is started again. */
final class Instance {
  /** Makes the service of a process that starts. */
  @FunctionalInterface
  interface Maker {
    SteppedService make(PipelineLog log, LateDisk disk) throws Exception;
  }

  private final String name;
  private final World world;
  private final Maker maker;
  private @Nullable SteppedService service;
  private @Nullable ProcessClients clients;
  private LateDisk disk = new LateDisk();
  private boolean isOpen;
  private boolean isDone;
  private long pausedUntil;
  private Optional<Throwable> bug = Optional.empty();

  /** The step at which it is started again, if it is down. */
  private long startsAt;

  Instance(String name, World world, Maker maker) {
    this.name = name;
    this.world = world;
    this.maker = maker;
  }

  String name() {
    return name;
  }

  boolean isUp() {
    return service != null;
  }

  /** Whether its work is done and it is not to be started again. */
  boolean isDone() {
    return isDone;
  }

  boolean canStep(long step, long now) {
    return !isDone && (isUp() ? now >= pausedUntil : step >= startsAt);
  }

  void pauseUntil(long nanos) {
    pausedUntil = nanos;
  }

  void killAfter(long calls) {
    if (clients != null) {
      clients.killAfter(calls);
    }
  }

  void lackMemoryAfter(long sends) {
    if (clients != null) {
      clients.lackMemoryAfter(sends);
    }
  }

  /**
   * Does a step, or starts.
   *
   * @return why it came down, if it did
   */
  Optional<String> step(long step) {
    try {
      SteppedService running = service;
      if (running == null) {
        start();
      } else if (!isOpen) {
        running.open();
        isOpen = true;
      } else if (running.step() == Step.DONE) {
        running.finish();
        running.release();
        service = null;
        isDone = true;
      }
      return Optional.empty();
    } catch (Killed e) {
      down(step);
      return Optional.of("killed");
    } catch (Exception | OutOfMemoryError e) {
      return Optional.of(failed(e, step));
    }
  }

  /** Releases what it holds, as a service does that throws, and comes down. */
  private String failed(Throwable e, long step) {
    recordBug(e);
    try {
      SteppedService failing = service;
      if (failing != null) {
        failing.release();
      }
    } catch (Killed again) {
      // It is killed before it has released all.
    } catch (RuntimeException again) {
      recordBug(again);
    }
    down(step);
    return FailureReason.of(e);
  }

  private void recordBug(Throwable e) {
    bug = isBug(e) ? Optional.of(e) : bug;
  }

  /** No fault deserves it: whoever meets one is to say what is wrong. */
  private static boolean isBug(Throwable e) {
    return !(e instanceof ServiceException
        || e instanceof KafkaException
        || e instanceof OutOfMemoryError);
  }

  /** What no service may ever come down by. */
  Optional<Throwable> bug() {
    return bug;
  }

  /** Whether it is up, and its service knows nothing of any run. */
  boolean hasNothing() {
    SteppedService running = service;
    return running != null && isOpen && running.status().progress().isEmpty();
  }

  /** The disk takes a piece of what it was given. */
  void workOfDisk() {
    disk.work();
  }

  private void start() throws Exception {
    TimeSource clock = world.clock(name);
    ProcessClients own = new ProcessClients(world.log(), clock);
    disk = new LateDisk();
    clients = own;
    service = maker.make(world.pipelineLog(own, clock), disk);
    isOpen = false;
  }

  /** Stops in good order. */
  Optional<String> stop(long step) {
    SteppedService running = service;
    if (running == null || !isOpen) {
      return Optional.empty();
    }
    try {
      running.finish();
      running.release();
      service = null;
      startsAt = step + world.draw(200);
      return Optional.of("stopped");
    } catch (Killed e) {
      down(step);
      return Optional.of("killed while it stopped");
    } catch (RuntimeException | OutOfMemoryError e) {
      return Optional.of(failed(e, step));
    }
  }

  private void down(long step) {
    if (clients != null) {
      clients.die();
    }
    disk.close();
    service = null;
    startsAt = step + world.draw(200);
  }
}
