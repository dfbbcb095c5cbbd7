package org.sgsars.log.memory;

import org.apache.kafka.common.errors.InterruptException;

/** How clients wait for what is not there yet. */
sealed interface Waiting {
  /**
   * Waits for records.
   *
   * @return whether to look again; if not, there are none for now
   */
  boolean forRecords(Signal signal, Deadline deadline);

  /**
   * Waits for what a call cannot do without.
   *
   * @return whether to look again; if not, the call's time is over
   */
  boolean forAnswer(Signal signal, Deadline deadline);

  /** Clients have threads of their own, which sleep until they are signalled. */
  final class Threads implements Waiting {
    /** Members of a group look now and then for others whose time is over. */
    private static final long MOST_NANOS = 100_000_000;

    @Override
    public boolean forRecords(Signal signal, Deadline deadline) {
      long left = deadline.leftNanos();
      if (left <= 0) {
        return false;
      }
      try {
        signal.await(deadline.time(), Math.min(left, MOST_NANOS));
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
      return true;
    }

    @Override
    public boolean forAnswer(Signal signal, Deadline deadline) {
      return forRecords(signal, deadline);
    }
  }

  /** All clients share one thread, and nothing can change while one of them waits. */
  final class Steps implements Waiting {
    private final Faults faults;

    Steps(Faults faults) {
      this.faults = faults;
    }

    @Override
    public boolean forRecords(Signal signal, Deadline deadline) {
      return false;
    }

    @Override
    public boolean forAnswer(Signal signal, Deadline deadline) {
      if (!deadline.isFirstBlock()) {
        return false;
      }
      faults.blocked();
      return true;
    }
  }
}
