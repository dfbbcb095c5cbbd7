package org.sgsars.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How fast bytes went through, and what that cost this process. Others on the machine change the
 * first more than the second.
 *
 * @param megabytesPerSecond by the clock
 * @param cpuSecondsPerGigabyte of all this process's threads
 */
record Rate(double megabytesPerSecond, double cpuSecondsPerGigabyte) {

  /** A moment from which on a rate is taken. */
  record Mark(long nanos, long cpuNanos) {
    static Mark now() {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return new Mark(System.nanoTime(), system.getProcessCpuTime());
    }

    /** The rate from here to another moment. */
    Rate until(Mark end, long bytes) {
      return new Rate(
          bytes / 1e6 / ((end.nanos - nanos) / 1e9),
          (end.cpuNanos - cpuNanos) / 1e9 / (bytes / 1e9));
    }
  }
}
